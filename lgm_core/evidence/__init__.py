"""Smart citations: papers in, statements out, each supporting, contrasting or mentioning."""
