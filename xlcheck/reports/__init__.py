"""Views of one report: text, JSON, HTML, JUnit, marked copies."""
