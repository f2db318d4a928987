"""What mathematics says of a run: theory, closed form, loss surface, sweeps. No drawing."""
