"""Words, dates and hours as their reader writes them: catalogues, Babel's formats, the template environment.

Reads files when something is made, and nothing after that.
"""
