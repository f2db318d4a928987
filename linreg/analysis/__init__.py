"""What mathematics says about a run: theory, closed form, loss surface, sweeps. No drawing."""
