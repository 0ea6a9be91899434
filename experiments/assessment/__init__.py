"""Questionnaire and process: weights by AHP, grades by fuzzy evaluation, qualities of stages."""
