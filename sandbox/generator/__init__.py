"""Generates exports as Knowledge Studio writes them: readable texts, real shapes, real anomalies.

The same arguments give the same bytes. Nothing is held in memory but the document being written.
"""

from sandbox.generator.export import BENCHMARK_TOKENS, GeneratedExport, generate

__all__ = ["BENCHMARK_TOKENS", "GeneratedExport", "generate"]
