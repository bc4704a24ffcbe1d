"""How `localcloud/agentcore/gateway/search/adapter.npz` is made. Nothing here runs by itself.

1. Clone the repositories that `corpus.SOURCES` names, side by side in one folder.
2. `python -m benchmarks.tool_search.training.corpus CLONES OUT` writes what is learnt from.
3. `python benchmarks/tool_search/training/teach.py OUT ADAPTER` teaches, in an environment with
   torch and numpy and nothing of ours: some five minutes of one processor.
4. `python -m benchmarks --only tool-search` says whether it was worth it.

No question of the sets in this folder's parent is learnt from.
"""
