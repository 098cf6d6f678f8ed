"""Scripts that make committed files: data from other people's data, pictures of the demo; not part of the product."""
