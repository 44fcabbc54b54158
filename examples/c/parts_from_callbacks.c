/* Lists an export whose parts your program serves, as from an object store: counts what is asked for.
 *
 *   parts_from_callbacks KEY.pem PART...
 */
#include <errno.h>
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Stands for an object of a store, which can be read by ranges. */
struct object {
    FILE *file;
    uint64_t size;
};

static uint64_t served;

static int read_at(void *user, uint64_t offset, uint8_t *buf, size_t len, size_t *out_n) {
    struct object *object = user;
    if (offset >= object->size) {
        *out_n = 0;
        return 0;
    }
    if (fseek(object->file, (long)offset, SEEK_SET) != 0) {
        return errno;
    }
    *out_n = fread(buf, 1, len, object->file);
    served += *out_n;
    return ferror(object->file) ? EIO : 0;
}

static int size_of(void *user, uint64_t *out_size) {
    *out_size = ((struct object *)user)->size;
    return 0;
}

static void close_object(void *user) {
    struct object *object = user;
    fclose(object->file);
    free(object);
}

/* The callbacks for a file; NULL in `user` if there is none. */
static smz_io serve(const char *path) {
    smz_io io = {0};
    struct object *object = calloc(1, sizeof *object);
    if (object != NULL && (object->file = fopen(path, "rb")) != NULL) {
        fseek(object->file, 0, SEEK_END);
        object->size = (uint64_t)ftell(object->file);
        io.user = object;
    } else {
        free(object);
    }
    io.struct_size = sizeof io;
    io.read_at = read_at;
    io.size = size_of;
    io.close = close_object;
    return io;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_archive *archive = NULL;
    smz_keyring *keys = smz_keyring_new();
    smz_set *set = smz_set_new();
    uint64_t index;
    int code = 0, part;

    if (argc < 3) {
        fprintf(stderr, "usage: parts_from_callbacks KEY.pem PART...\n");
        code = 2;
    }
    for (part = 2; code == 0 && part < argc; part++) {
        const char *slash = strrchr(argv[part], '/');
        smz_io io = serve(argv[part]);
        if (io.user == NULL) {
            perror(argv[part]);
            code = 1;
        } else if (smz_set_add_io(set, slash ? slash + 1 : argv[part], &io, &error) != SMZ_OK) {
            code = 1;
        }
    }
    if (code == 0 && (smz_keyring_add_file(keys, argv[1], NULL, NULL, NULL, &error) != SMZ_OK ||
                      smz_archive_open(set, keys, NULL, &archive, &error) != SMZ_OK)) {
        code = 1;
    }
    for (index = 0; code == 0 && index < smz_archive_entry_count(archive); index++) {
        smz_entry entry = {0};
        entry.struct_size = sizeof entry;
        if (smz_archive_get_entry(archive, index, &entry) == SMZ_OK) {
            printf("%" PRIu64 " %s\n", entry.size, entry.name);
        }
    }
    if (error != NULL) {
        fprintf(stderr, "%s\n", smz_error_message(error));
    }
    fprintf(stderr, "%" PRIu64 " bytes served\n", served);
    smz_error_free(error);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_keyring_free(keys);
    return code;
}
