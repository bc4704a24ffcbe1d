"""From what a target points at to tools."""

from localcloud.agentcore.importers.importer import AgentCoreImporter

__all__ = ["AgentCoreImporter"]
