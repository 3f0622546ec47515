#include "server.h"

#include <stdlib.h>

static void put(struct timers* timers, size_t place, struct connection* connection) {
    timers->heap[place] = connection;
    connection->timer = place + 1;
}

/* Moves the one at `place` to where it belongs. */
static void settle(struct timers* timers, size_t place) {
    struct connection* moved = timers->heap[place];
    while (place > 0 && moved->due < timers->heap[(place - 1) / 2]->due) {
        put(timers, place, timers->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    for (size_t child = 2 * place + 1; child < timers->count; child = 2 * place + 1) {
        if (child + 1 < timers->count && timers->heap[child + 1]->due < timers->heap[child]->due) {
            ++child;
        }
        if (timers->heap[child]->due >= moved->due) {
            break;
        }
        put(timers, place, timers->heap[child]);
        place = child;
    }
    put(timers, place, moved);
}

bool add_timer(struct timers* timers, struct connection* connection) {
    if (timers->count == timers->capacity) {
        const size_t capacity = timers->capacity > 0 ? 2 * timers->capacity : 64;
        struct connection** heap = realloc(timers->heap, capacity * sizeof *heap);
        if (heap == NULL) {
            return false;
        }
        timers->heap = heap;
        timers->capacity = capacity;
    }
    put(timers, timers->count, connection);
    ++timers->count;
    settle(timers, timers->count - 1);
    return true;
}

void remove_timer(struct timers* timers, struct connection* connection) {
    const size_t place = connection->timer - 1;
    struct connection* last = timers->heap[--timers->count];
    connection->timer = 0;
    if (last != connection) {
        put(timers, place, last);
        settle(timers, place);
    }
}
