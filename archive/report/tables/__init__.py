"""Tables 2, 3 and 4 of the form: two independent ways of reading them, and what is set aside where these disagree."""
