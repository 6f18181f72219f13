# What a broken stream had claimed is never sent again.
/^void LinkSender::fail(/,/^}/s/^  context_\.services\.messages\.release_claims(owner);$//
