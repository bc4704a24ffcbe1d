"""Tools found by meaning: what `x_amz_bedrock_agentcore_search` answers.

`tool` is the search tool itself, `texts` what is read of a tool, `words` and `reading` how text is
understood, `index` the ranking of one gateway's tools, and `service` what a call goes through.
"""
