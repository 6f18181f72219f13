# The sender is not told that its document was refused further on.
s/tell ? message\.from_link : ""/""/
