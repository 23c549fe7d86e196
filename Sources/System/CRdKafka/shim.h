#pragma once

#include <librdkafka/rdkafka.h>
/* The in-process cluster that the tests of the wrapper run on. */
#include <librdkafka/rdkafka_mock.h>
