"""Tests of the demo portals: their truth holds, and the server answers as the README promises."""
