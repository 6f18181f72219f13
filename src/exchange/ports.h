// All that the exchange needs from outside.
#pragma once

#include "base/clock.h"
#include "base/executor.h"
#include "exchange/content_collector.h"
#include "exchange/content_store.h"
#include "exchange/disk_space.h"
#include "exchange/message_store.h"
#include "exchange/observer.h"
#include "exchange/peers.h"
#include "exchange/signatures.h"
