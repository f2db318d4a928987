"""What all figures are made of: the look, the axes, the marks and the plain data of a drawing."""
