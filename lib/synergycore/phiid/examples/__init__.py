"""Pairs whose atoms are known in closed form: `systems` of numbers, `chains` of bits."""
