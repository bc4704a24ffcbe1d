"""The graph of an agent: the same for all of them, since the rules are.

check_hand_over -> recall -> triage -+-> think -+-------------+-> remember
                                     |          +-> escalate -+
                                     +-> hand_over -----------+
"""

from __future__ import annotations

from typing import Any

from langchain_core.runnables import Runnable
from langgraph.graph import END, START, StateGraph

from team_agents.desk import Desk, Work


def build_team_graph(desk: Desk) -> Runnable[Any, Any]:
    """Compile the graph for one request. State: `team_agents.desk.Work`.

    Raises, when it runs: see `Desk.think`.
    """
    graph: StateGraph[Any, Any, Any, Any] = StateGraph(Work)
    graph.add_node("check_hand_over", desk.check_hand_over)
    graph.add_node("recall", desk.recall)
    graph.add_node("triage", desk.triage)
    graph.add_node("hand_over", desk.hand_over)
    graph.add_node("think", desk.think)
    graph.add_node("escalate", desk.escalate)
    graph.add_node("remember", desk.remember)
    graph.add_edge(START, "check_hand_over")
    graph.add_edge("check_hand_over", "recall")
    graph.add_edge("recall", "triage")
    graph.add_conditional_edges("triage", desk.is_others, ["hand_over", "think"])
    graph.add_conditional_edges("think", desk.is_refused, ["escalate", "remember"])
    graph.add_edge("hand_over", "remember")
    graph.add_edge("escalate", "remember")
    graph.add_edge("remember", END)
    return graph.compile()
