# The same id with other content gets the first one's answer.
s/known\.submitted_digest != filing_\.message\.submitted_digest/false/
