#include "server.h"

#include <stdlib.h>
#include <string.h>

enum { SMALLEST = 4096, MUCH = 4 * ENOUGH_OUTPUT };

bool reserve(struct buffer* buffer, size_t more) {
    if (buffer->capacity - buffer->size >= more) {
        return true;
    }
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : SMALLEST;
    while (capacity - buffer->size < more) {
        capacity *= 2;
    }
    char* bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

bool append(struct buffer* buffer, const char* bytes, size_t size) {
    if (!reserve(buffer, size)) {
        return false;
    }
    if (size > 0) {
        memcpy(buffer->bytes + buffer->size, bytes, size);
    }
    buffer->size += size;
    return true;
}

void clear(struct buffer* buffer) {
    buffer->size = 0;
    if (buffer->capacity > MUCH) {
        free(buffer->bytes);
        buffer->bytes = NULL;
        buffer->capacity = 0;
    }
}
