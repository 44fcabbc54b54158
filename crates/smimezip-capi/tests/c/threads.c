/* Handles that are const are used by several threads at the same time, a handle that is not by two: one of
 * them is told so.
 *
 *   threads SAMPLE_FOLDER SCRATCH_FOLDER
 */
#include <pthread.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEM "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21"
#define THREADS 4
#define CHECK(condition)                                                                                 \
    do {                                                                                                 \
        if (!(condition)) {                                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
            exit(1);                                                                                     \
        }                                                                                                \
    } while (0)

static smz_archive *archive;
static smz_message *message;
static smz_keyring *keys;
static smz_reader *shared_content;
static uint64_t reference;

static uint64_t sum(const uint8_t *data, size_t size, uint64_t start) {
    size_t at;
    for (at = 0; at < size; at++) {
        start = start * 31 + data[at];
    }
    return start;
}

static void *work(void *number) {
    uint8_t buffer[3000];
    uint64_t at, offset, total = 0;
    size_t n;
    int round;
    (void)number;
    for (round = 0; round < 5; round++) {
        smz_reader *content = NULL;
        total = 0;
        for (at = 0; at < smz_archive_entry_count(archive); at++) {
            smz_reader *reader = NULL;
            smz_entry entry = {0};
            entry.struct_size = sizeof entry;
            CHECK(smz_archive_get_entry(archive, at, &entry) == SMZ_OK);
            total = sum((const uint8_t *)entry.name, entry.name_len, total);
            CHECK(smz_archive_open_entry(archive, at, &reader, NULL) == SMZ_OK);
            do {
                CHECK(smz_reader_read(reader, buffer, sizeof buffer, &n, NULL) == SMZ_OK);
                total = sum(buffer, n, total);
            } while (n > 0);
            smz_reader_free(reader);
        }
        CHECK(smz_message_decrypt(message, keys, NULL, &content, NULL) == SMZ_OK);
        smz_reader_free(content);
        for (offset = 0; offset < smz_reader_size(shared_content); offset += n) {
            CHECK(smz_reader_read_at(shared_content, offset, buffer, sizeof buffer, &n, NULL) == SMZ_OK);
            total = sum(buffer, n, total);
        }
        CHECK(smz_archive_verify(archive, NULL, NULL, NULL) == SMZ_OK);
    }
    if (number == NULL) {
        reference = total;
        return NULL;
    }
    *(uint64_t *)number = total;
    return NULL;
}

static smz_reader *contended;
static int busy;

static void *contend(void *number) {
    int round;
    uint8_t byte;
    size_t n;
    int refused = 0;
    (void)number;
    for (round = 0; round < 3000; round++) {
        const smz_status status = smz_reader_read(contended, &byte, 1, &n, NULL);
        CHECK(status == SMZ_OK || status == SMZ_ERR_BUSY);
        refused += status == SMZ_ERR_BUSY;
    }
    __atomic_add_fetch(&busy, refused, __ATOMIC_RELAXED);
    return NULL;
}

int main(int argc, char **argv) {
    char path[1024];
    pthread_t threads[THREADS];
    uint64_t totals[THREADS];
    smz_set *set = NULL;
    int at;

    CHECK(argc == 3);
    keys = smz_keyring_new();
    snprintf(path, sizeof path, "%s/key.pem", argv[1]);
    CHECK(smz_keyring_add_file(keys, path, NULL, NULL, NULL, NULL) == SMZ_OK);
    CHECK(smz_set_discover(argv[1], &set, NULL) == SMZ_OK);
    CHECK(smz_archive_open(set, keys, NULL, &archive, NULL) == SMZ_OK);
    CHECK(smz_set_open_part(set, 1, NULL, &message, NULL) == SMZ_OK);
    CHECK(smz_message_decrypt(message, keys, NULL, &shared_content, NULL) == SMZ_OK);
    CHECK(smz_message_decrypt(message, keys, NULL, &contended, NULL) == SMZ_OK);

    work(NULL);
    for (at = 0; at < THREADS; at++) {
        CHECK(pthread_create(&threads[at], NULL, work, &totals[at]) == 0);
    }
    for (at = 0; at < THREADS; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
        CHECK(totals[at] == reference);
    }
    for (at = 0; at < 2; at++) {
        CHECK(pthread_create(&threads[at], NULL, contend, NULL) == 0);
    }
    for (at = 0; at < 2; at++) {
        CHECK(pthread_join(threads[at], NULL) == 0);
    }
    printf("all threads agree; %d calls were told to wait\n", busy);
    smz_reader_free(contended);
    smz_reader_free(shared_content);
    smz_message_free(message);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_keyring_free(keys);
    return 0;
}
