"""What an operation gives: nine machine operations, elementary functions over them, random numbers, evaluation."""
