"""Information decomposition of attention heads: the library behind the book."""

__version__ = "0.1.0"
