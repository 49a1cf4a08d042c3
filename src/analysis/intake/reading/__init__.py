"""Reading a file: what kind it is, its letters, its header, every cell as text with the line it stands on."""
