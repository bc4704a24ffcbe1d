"""How `localcloud/agentcore/gateway/search/adapter.npz` is made. Nothing here runs by itself.

1. `python -m benchmarks.tool_search.training.corpus OUT` writes what is learnt from: `teams/`.
2. `python benchmarks/tool_search/training/teach.py OUT ADAPTER` teaches, in an environment with
   torch and numpy and nothing of ours: twenty-five minutes of two processors.
3. `python -m benchmarks --only tool-search` says whether it was worth it.

No question of the sets in this folder's parent is learnt from, and none of their teams.
"""
