"""What the reader saw of one capture, for whoever wants to look a number up in it; read in a process of its own."""
