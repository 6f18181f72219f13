# A submission is answered before its commit is durable.
s/^               filed_\.log_index, false};$/&\n    done_(answer_);/
/^    done_(answer_);$/d
