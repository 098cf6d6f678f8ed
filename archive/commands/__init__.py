"""The subcommands of `gongkai`, one module each."""
