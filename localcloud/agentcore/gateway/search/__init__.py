"""Tools found by meaning: what `x_amz_bedrock_agentcore_search` answers.

`tool` is the search tool itself, `texts` what is read of a tool, `model` who reads it, `reading`
and `shelf` how it is done once, `index` the ranking of one gateway's tools, and `service` what a
call goes through.
"""
