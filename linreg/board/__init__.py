"""The class board: rooms, rounds of questions, answers, results. No server and no pages."""
