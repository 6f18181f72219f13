-- The tables and one row of each as schema version 1 wrote them. Never changed: later versions must read it.
PRAGMA page_size = 8192;
PRAGMA auto_vacuum = INCREMENTAL;
BEGIN;
CREATE TABLE counters (                -- one row
  only INTEGER PRIMARY KEY CHECK (only = 1),
  messages INTEGER NOT NULL,           -- rows of message
  last_message INTEGER NOT NULL,       -- row numbers given out so far: none is used twice
  last_queue_row INTEGER NOT NULL,     -- of outgoing and inbox together
  receipt_cursor INTEGER NOT NULL      -- log entries below have had their receipts queued
) STRICT;
INSERT INTO counters VALUES(1,2,2,3,1);
CREATE TABLE message (
  row INTEGER PRIMARY KEY,
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  header_digest BLOB NOT NULL,
  submitted_digest BLOB NOT NULL,
  from_link TEXT NOT NULL,
  stored_at INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  certificate BLOB NOT NULL,
  contents BLOB NOT NULL,
  trace BLOB NOT NULL,
  named BLOB NOT NULL,
  verdict BLOB NOT NULL,
  signature BLOB NOT NULL,
  header BLOB NOT NULL
) STRICT;
CREATE TABLE recipient (
  message INTEGER NOT NULL,
  agency TEXT NOT NULL,
  state INTEGER NOT NULL,
  last_status INTEGER,
  updated_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (message, agency)
) STRICT, WITHOUT ROWID;
CREATE TABLE outgoing (
  row INTEGER PRIMARY KEY,
  link TEXT NOT NULL,
  priority INTEGER NOT NULL,
  message INTEGER,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  recipients BLOB NOT NULL,
  bundle BLOB NOT NULL
) STRICT;
CREATE TABLE inbox (
  row INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  agency TEXT NOT NULL,
  inbox TEXT NOT NULL,
  priority INTEGER NOT NULL,
  state INTEGER NOT NULL,
  queued_at INTEGER NOT NULL
) STRICT;
CREATE TABLE log (
  position INTEGER PRIMARY KEY,        -- from 0
  message INTEGER,
  receipt_link TEXT NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE TABLE tile (                    -- full tiles of the log
  place INTEGER PRIMARY KEY,           -- level * 2^56 + index
  hashes BLOB NOT NULL
) STRICT;
CREATE TABLE checkpoint (
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  note BLOB NOT NULL,
  PRIMARY KEY (origin, size)
) STRICT, WITHOUT ROWID;
CREATE TABLE receipt (
  row INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  log_index INTEGER NOT NULL,
  event INTEGER NOT NULL,
  node TEXT NOT NULL,
  origin TEXT NOT NULL,
  checkpoint_size INTEGER NOT NULL,
  path BLOB NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE TABLE certificate (
  sha256 BLOB PRIMARY KEY,
  der BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE registry (
  certificate BLOB PRIMARY KEY,
  agency TEXT NOT NULL,
  system TEXT NOT NULL,
  inbox TEXT NOT NULL,
  roles INTEGER NOT NULL,
  signers BLOB NOT NULL,
  added_at INTEGER NOT NULL,
  added_by TEXT NOT NULL,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE status_of (               -- which status messages name which message
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  message INTEGER NOT NULL,            -- the status
  PRIMARY KEY (sender, id, message)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX message_key ON message (sender, id);
CREATE INDEX outgoing_waiting ON outgoing (link, priority) WHERE state = 1;
CREATE INDEX outgoing_message ON outgoing (message) WHERE message IS NOT NULL;
CREATE UNIQUE INDEX inbox_message ON inbox (message, agency);
CREATE INDEX inbox_waiting ON inbox (agency, inbox, priority) WHERE state = 1;
CREATE INDEX log_message ON log (message) WHERE message IS NOT NULL;
CREATE INDEX receipt_message ON receipt (message, log_index);
INSERT INTO message VALUES(1,'H52.01','m1',x'67800a0e73f1daaa2c6a850beeb1cdd26919abbd1c33ee4e196ea01f320e9f69',x'2222222222222222222222222222222222222222222222222222222222222222','axis',1700000000000000,0,1,2,x'3333333333333333333333333333333333333333333333333333333333333333',x'010c732d303030303030303030310a14',x'0103413031',x'00',CAST('{}' AS BLOB),CAST('signature' AS BLOB),CAST('header of m1' AS BLOB));
INSERT INTO message VALUES(2,'H52.01','s1',x'6061bac6f41a5471037bc400d017b5a39e8637eebe3c2c7f83e73a03ea66ea5a',x'2222222222222222222222222222222222222222222222222222222222222222','axis',1700000000000000,1,2,2,x'3333333333333333333333333333333333333333333333333333333333333333',x'010c732d303030303030303030310a14',x'0103413031',x'01064730392e3032026d30',CAST('{}' AS BLOB),CAST('signature' AS BLOB),CAST('header of s1' AS BLOB));
INSERT INTO status_of VALUES('G09.02','m0',2);
INSERT INTO recipient VALUES(1,'G09.02',2,NULL,1700000000000001,'');
INSERT INTO outgoing VALUES(2,'axis',3,1,1,4,1700000000000002,'UNAVAILABLE',x'01064730392e3032',x'');
INSERT INTO inbox VALUES(3,2,'H52.05','default',1,1,1700000000000003);
INSERT INTO log VALUES(0,1,'axis',CAST('record 0' AS BLOB));
INSERT INTO log VALUES(1,2,'',CAST('record 1' AS BLOB));
INSERT INTO checkpoint VALUES('log/h52',2,CAST('note' AS BLOB));
INSERT INTO receipt VALUES(1,1,7,3,'G09','log/g09',9,x'4444444444444444444444444444444444444444444444444444444444444444',CAST('their record' AS BLOB));
INSERT INTO certificate VALUES(x'3333333333333333333333333333333333333333333333333333333333333333',CAST('der' AS BLOB));
INSERT INTO registry VALUES(x'5555555555555555555555555555555555555555555555555555555555555555','H52.01','qlvb-01','default',1,x'',1700000000000004,'cafe',NULL);
PRAGMA user_version = 1;
COMMIT;
