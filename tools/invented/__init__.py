"""Invented reports and questions: names, figures and wordings that no corpus has."""
