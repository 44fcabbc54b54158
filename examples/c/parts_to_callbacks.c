/* Writes rows, as a query returns them, into an export whose parts your program takes, as for an
 * upload: nobody knows beforehand how many rows there will be, and no file of them is on the disk.
 *
 *   parts_to_callbacks COUNT CERTIFICATE.pem STORE
 */
#include <errno.h>
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>

/* One upload; those that are complete are in a list. */
struct upload {
    struct upload *next;
    FILE *file;
    char path[4096];
};

/* Stands for a store that objects are uploaded to: a folder, where parts are under names of their
 * own until all of them are there. */
struct store {
    const char *folder;
    struct upload *complete;
};

static void path(char *out, size_t size, void *user, const char *prefix, const char *name) {
    snprintf(out, size, "%s/%s%s", ((struct store *)user)->folder, prefix, name);
}

static int begin(void *user, const char *name, void **out_part) {
    struct upload *upload = calloc(1, sizeof *upload);
    if (upload == NULL) {
        return ENOMEM;
    }
    path(upload->path, sizeof upload->path, user, "unfinished-", name);
    upload->file = fopen(upload->path, "wb");
    if (upload->file == NULL) {
        int code = errno;
        free(upload);
        return code;
    }
    *out_part = upload;
    return 0;
}

static int write_part(void *user, void *part, const uint8_t *data, size_t data_len) {
    struct upload *upload = part;
    (void)user;
    return fwrite(data, 1, data_len, upload->file) == data_len ? 0 : EIO;
}

static int finish(void *user, void *part) {
    struct store *store = user;
    struct upload *upload = part;
    upload->next = store->complete;
    store->complete = upload;
    return fclose(upload->file) == 0 ? 0 : EIO;
}

/* This part is not wanted. */
static void drop(void *user, void *part) {
    struct upload *upload = part;
    (void)user;
    fclose(upload->file);
    remove(upload->path);
    free(upload);
}

/* All parts are there: they get their names, the last part last, for which others wait. */
static int commit(void *user, const smz_part_receipt *const *parts, size_t part_count) {
    size_t at;
    for (at = 0; at < part_count; at++) {
        char from[4096], to[4096];
        path(from, sizeof from, user, "unfinished-", parts[at]->begun_as);
        path(to, sizeof to, user, "", parts[at]->name);
        if (rename(from, to) != 0) {
            /* All of them or none: those before are taken back. */
            int error = errno;
            while (at-- > 0) {
                path(to, sizeof to, user, "", parts[at]->name);
                remove(to);
            }
            return error;
        }
        printf("%12" PRIu64 " %s\n", parts[at]->size, parts[at]->name);
    }
    return 0;
}

/* Nothing comes of it: no part that is complete is wanted. */
static void give_up(void *user) {
    struct upload *upload;
    for (upload = ((struct store *)user)->complete; upload != NULL; upload = upload->next) {
        remove(upload->path);
    }
}

/* The last call. */
static void forget(void *user) {
    struct store *store = user;
    while (store->complete != NULL) {
        struct upload *upload = store->complete;
        store->complete = upload->next;
        free(upload);
    }
}

static smz_status write_rows(smz_export_writer *writer, uint64_t count, smz_error **error) {
    char row[64];
    uint64_t id;
    smz_status status = smz_export_writer_begin_file(writer, "entities/customers.csv", NULL, error);
    for (id = 1; status == SMZ_OK && id <= count; id++) {
        int size = snprintf(row, sizeof row, "%" PRIu64 ",customer %" PRIu64 "\n", id, id);
        status = smz_export_writer_write(writer, (const uint8_t *)row, (size_t)size, error);
    }
    return status == SMZ_OK ? smz_export_writer_end_file(writer, error) : status;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_export_builder *builder = NULL;
    smz_export_writer *writer = NULL;
    smz_recipients *recipients = smz_recipients_new();
    smz_part_sink sink = {0};
    struct store store = {0};
    int failed = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: parts_to_callbacks COUNT CERTIFICATE.pem STORE\n");
    } else {
        store.folder = argv[3];
        sink.struct_size = sizeof sink;
        sink.user = &store;
        sink.begin = begin;
        sink.write = write_part;
        sink.finish = finish;
        sink.drop = drop;
        sink.commit = commit;
        sink.abort = give_up;
        sink.close = forget;
        failed =
            smz_recipients_add_certificate_file(recipients, argv[2], NULL, &error) != SMZ_OK ||
            smz_export_builder_new(recipients, &builder, &error) != SMZ_OK ||
            smz_export_builder_set_u64(builder, SMZ_BUILD_OPTION_PART_SIZE, 65536, &error) !=
                SMZ_OK ||
            smz_export_writer_new_sink(builder, &sink, NULL, &writer, &error) != SMZ_OK ||
            write_rows(writer, strtoull(argv[1], NULL, 10), &error) != SMZ_OK ||
            smz_export_writer_finish(writer, NULL, &error) != SMZ_OK;
    }
    if (error != NULL) {
        fprintf(stderr, "%s\n", smz_error_message(error));
    }
    smz_error_free(error);
    /* A writer that is not finished takes everything back. */
    smz_export_writer_free(writer);
    smz_export_builder_free(builder);
    smz_recipients_free(recipients);
    return failed;
}
