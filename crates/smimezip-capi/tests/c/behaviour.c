/* What every program relies on, called as C and as C++ programs call it.
 *
 *   behaviour SAMPLE_FOLDER VECTORS_FOLDER SCRATCH_FOLDER
 */
#include <errno.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <direct.h>
#else
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

static int checks;

#define CHECK(condition)                                                                                 \
    do {                                                                                                 \
        checks++;                                                                                        \
        if (!(condition)) {                                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                              \
            exit(1);                                                                                     \
        }                                                                                                \
    } while (0)

#define OK(call)                                                                                         \
    do {                                                                                                 \
        const smz_status got = (call);                                                                   \
        checks++;                                                                                        \
        if (got != SMZ_OK) {                                                                             \
            fprintf(stderr, "%s:%d: %s: %s %s\n", __FILE__, __LINE__, #call, smz_status_name(got),       \
                    smz_error_message(error));                                                           \
            exit(1);                                                                                     \
        }                                                                                                \
    } while (0)

#define FAILS(status, call)                                                                              \
    do {                                                                                                 \
        const smz_status got = (call);                                                                   \
        checks++;                                                                                        \
        if (got != (status) || error == NULL) {                                                          \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #call, smz_status_name(got));         \
            exit(1);                                                                                     \
        }                                                                                                \
        smz_error_free(error);                                                                           \
        error = NULL;                                                                                    \
    } while (0)

static char paths[32][1024];
static int used_paths;

/* folder/name, valid for a while. */
static const char *in(const char *folder, const char *name) {
    char *path = paths[used_paths++ % 32];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static smz_error *error;
static const char *sample, *vectors, *scratch;

#define STEM "export-2b710a2c-5d0e-4c53-9d0b-7f1f3a6c8e21"
#define CUSTOMER "entities/Customer-7f1f3a6c.json"

static smz_keyring *sample_keys(void) {
    smz_keyring *keys = smz_keyring_new();
    OK(smz_keyring_add_file(keys, in(sample, "key.pem"), NULL, NULL, NULL, &error));
    CHECK(smz_keyring_key_count(keys) == 1);
    return keys;
}

static smz_archive *sample_archive(void) {
    smz_keyring *keys = sample_keys();
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    OK(smz_set_discover(sample, &set, &error));
    OK(smz_archive_open(set, keys, NULL, &archive, &error));
    smz_set_free(set);
    smz_keyring_free(keys);
    return archive;
}

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    CHECK(file != NULL);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    data = (uint8_t *)malloc(*size + 1);
    CHECK(fread(data, 1, *size, file) == *size);
    fclose(file);
    return data;
}

/* Callbacks over memory that fail when they are called for the n-th time. */
struct memory {
    const uint8_t *data;
    size_t size;
    int calls, fail_at, closed;
    smz_reader *reenter;
    smz_status reentered;
};

static int memory_read(void *user, uint64_t offset, uint8_t *buf, size_t len, size_t *out_n) {
    struct memory *memory = (struct memory *)user;
    size_t count;
    if (++memory->calls == memory->fail_at) {
        return EACCES;
    }
    if (memory->reenter != NULL) {
        uint8_t byte;
        size_t n;
        memory->reentered = smz_reader_read(memory->reenter, &byte, 1, &n, NULL);
    }
    count = offset >= memory->size ? 0 : memory->size - (size_t)offset;
    if (count > len) {
        count = len;
    }
    if (count > 1000) {
        count = 1000; /* short reads are fine */
    }
    memcpy(buf, memory->data + (count ? (size_t)offset : 0), count);
    *out_n = count;
    return 0;
}

static int memory_size(void *user, uint64_t *out_size) {
    struct memory *memory = (struct memory *)user;
    if (++memory->calls == memory->fail_at) {
        return EACCES;
    }
    *out_size = memory->size;
    return 0;
}

static void memory_close(void *user) { ((struct memory *)user)->closed++; }

static smz_io memory_io(struct memory *memory) {
    smz_io io;
    memset(&io, 0, sizeof io);
    io.struct_size = sizeof io;
    io.user = memory;
    io.read_at = memory_read;
    io.size = memory_size;
    io.close = memory_close;
    return io;
}

static void versions(void) {
    CHECK(smz_version_number() == SMZ_VERSION_NUMBER);
    CHECK(SMZ_VERSION_NUMBER ==
          SMZ_VERSION_MAJOR * 1000000 + SMZ_VERSION_MINOR * 1000 + SMZ_VERSION_PATCH);
    CHECK(strcmp(smz_version_string(), "0.1.0") == 0);
    CHECK(strcmp(smz_status_name(SMZ_ERR_CORRUPT), "SMZ_ERR_CORRUPT") == 0);
    CHECK(strcmp(smz_status_name(12345), "SMZ_ERR_UNKNOWN") == 0);
}

static int give_passphrase(void *user, const char *hint, uint8_t *buf, size_t cap, size_t *out_len) {
    const char *text = (const char *)user;
    CHECK(hint != NULL && cap >= 1024);
    if (text == NULL) {
        return 1;
    }
    *out_len = strlen(text);
    memcpy(buf, text, *out_len);
    return 0;
}

static void keys_and_passphrases(void) {
    smz_keyring *keys = smz_keyring_new();
    const char *encrypted = in(vectors, "../keys/main.pbes2-aes256.pem");
    static char right[] = "correct", wrong[] = "wrong";
    size_t size;
    uint8_t *data = read_file(encrypted, &size);
    FAILS(SMZ_ERR_PASSPHRASE, smz_keyring_add_file(keys, encrypted, NULL, NULL, NULL, &error));
    FAILS(SMZ_ERR_PASSPHRASE, smz_keyring_add_file(keys, encrypted, give_passphrase, NULL, NULL, &error));
    FAILS(SMZ_ERR_PASSPHRASE, smz_keyring_add_file(keys, encrypted, give_passphrase, wrong, NULL, &error));
    OK(smz_keyring_add_file(keys, encrypted, give_passphrase, right, NULL, &error));
    OK(smz_keyring_add_memory(keys, data, size, give_passphrase, right, NULL, &error));
    CHECK(smz_keyring_key_count(keys) == 2);
    FAILS(SMZ_ERR_BAD_KEY, smz_keyring_add_memory(keys, (const uint8_t *)"x", 1, NULL, NULL, NULL, &error));
    FAILS(SMZ_ERR_BAD_KEY, smz_keyring_add_memory(keys, NULL, 0, NULL, NULL, NULL, &error));
    FAILS(SMZ_ERR_IO, smz_keyring_add_file(keys, in(scratch, "none"), NULL, NULL, NULL, &error));
    free(data);
    smz_keyring_free(keys);
}

static void errors_say_where(void) {
    smz_message *message = (smz_message *)&checks; /* stays as it is */
    smz_error_info info;
    CHECK(smz_message_open_file(in(scratch, "none"), NULL, &message, &error) == SMZ_ERR_IO);
    CHECK(message == (smz_message *)&checks);
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    OK(smz_error_get_info(error, &info));
    CHECK(info.status == SMZ_ERR_IO && info.os_error == ENOENT && info.offset == SMZ_UNKNOWN);
    CHECK(info.part != NULL && strstr(info.part, "none") != NULL && info.entry == NULL);
    CHECK(info.message == smz_error_message(error) && strstr(info.message, "none") != NULL);
    /* An older program knows less of the struct. */
    memset(&info, 0x55, sizeof info);
    info.struct_size = offsetof(smz_error_info, message);
    OK(smz_error_get_info(error, &info));
    CHECK(info.status == SMZ_ERR_IO && info.offset == 0x5555555555555555u);
    info.struct_size = 0;
    CHECK(smz_error_get_info(error, &info) == SMZ_ERR_INVALID_ARGUMENT);
    smz_error_free(error);
    error = NULL;
    /* Nobody needs to want details. */
    CHECK(smz_message_open_file(in(scratch, "none"), NULL, &message, NULL) == SMZ_ERR_IO);
}

static void one_message(void) {
    smz_keyring *keys = sample_keys(), *others = smz_keyring_new();
    smz_message *message = NULL, *mapped = NULL;
    smz_reader *reader = NULL, *second = NULL;
    smz_message_info info;
    smz_recipient recipient;
    uint8_t start[4], again[4], whole[256];
    uint64_t position = 0;
    size_t n = 0, size = 0, total = 0;
    uint8_t *data = read_file(in(sample, STEM ".zip.smime"), &size);

    OK(smz_message_open_file(in(sample, STEM ".z01.smime"), NULL, &message, &error));
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    OK(smz_message_get_info(message, &info));
    CHECK(strcmp(info.container, "S/MIME, base64") == 0 && info.recipient_count == 1);
    CHECK(strcmp(info.content_encryption_algorithm, "AES-256-CBC") == 0 && info.is_supported == 1);
    memset(&recipient, 0, sizeof recipient);
    recipient.struct_size = sizeof recipient;
    OK(smz_message_get_recipient(message, 0, &recipient));
    CHECK(recipient.kind == SMZ_RECIPIENT_KEY_TRANSPORT && recipient.encrypted_key_len == 256);
    CHECK(strcmp(recipient.key_encryption_algorithm, "RSAES-PKCS1-v1_5") == 0);
    CHECK(recipient.issuer != NULL && recipient.serial_number_len > 0);
    CHECK(smz_message_get_recipient(message, 1, &recipient) == SMZ_ERR_NOT_FOUND);

    FAILS(SMZ_ERR_NO_MATCHING_KEY, smz_message_decrypt(message, others, NULL, &reader, &error));
    OK(smz_message_decrypt(message, keys, NULL, &reader, &error));
    OK(smz_message_decrypt(message, keys, NULL, &second, &error));
    smz_message_free(message);
    CHECK(smz_reader_integrity(reader) == SMZ_INTEGRITY_NONE && smz_reader_recipient(reader) == 0);
    OK(smz_reader_read(reader, start, 4, &n, &error));
    CHECK(n == 4 && memcmp(start, "PK\7\10", 4) == 0);
    OK(smz_reader_seek(reader, 0, 0, &position, &error));
    OK(smz_reader_read_at(reader, 2, again, 2, &n, &error));
    CHECK(position == 0 && n == 2 && memcmp(again, start + 2, 2) == 0);
    OK(smz_reader_seek(reader, 0, 2, &position, &error));
    CHECK(position == smz_reader_size(reader));
    OK(smz_reader_read(reader, start, 4, &n, &error));
    CHECK(n == 0);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_reader_seek(reader, -1, 0, NULL, &error));
    OK(smz_reader_read(second, NULL, 0, &n, &error));
    CHECK(n == 0);
    smz_reader_free(second);
    smz_reader_free(reader);

    reader = NULL;
    OK(smz_message_open_memory(data, size, NULL, &mapped, &error));
    OK(smz_message_decrypt(mapped, keys, NULL, &reader, &error));
    while (smz_reader_read(reader, whole, sizeof whole, &n, &error) == SMZ_OK && n > 0) {
        total += n;
    }
    CHECK(error == NULL && total == smz_reader_size(reader));
    smz_reader_free(reader);
    OK(smz_message_decrypt_to_file(mapped, keys, in(scratch, "part.zip"), NULL, &error));
    FAILS(SMZ_ERR_EXISTS,
          smz_message_decrypt_to_file(mapped, keys, in(scratch, "part.zip"), NULL, &error));
    smz_message_free(mapped);
    FAILS(SMZ_ERR_FORMAT, smz_message_open_memory((const uint8_t *)"no", 2, NULL, &mapped, &error));
    FAILS(SMZ_ERR_FORMAT, smz_message_open_memory(NULL, 0, NULL, &mapped, &error));
    smz_keyring_free(others);
    smz_keyring_free(keys);
    free(data);
}

static uint64_t content_size(const smz_keyring *keys, const uint8_t *data, size_t size) {
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    uint64_t content;
    OK(smz_message_open_memory(data, size, NULL, &message, &error));
    OK(smz_message_decrypt(message, keys, NULL, &reader, &error));
    content = smz_reader_size(reader);
    smz_reader_free(reader);
    smz_message_free(message);
    return content;
}

static void forward_only(void) {
    smz_keyring *keys = sample_keys();
    smz_decoder *decoder = NULL;
    size_t size, at = 0, consumed, produced, total = 0;
    uint8_t *data = read_file(in(sample, STEM ".zip.smime"), &size);
    uint8_t out[999];
    int cut;
    for (cut = 0; cut < 2; cut++) {
        OK(smz_decoder_new(keys, NULL, &decoder, &error));
        FAILS(SMZ_ERR_BUSY, smz_keyring_add_file(keys, in(sample, "key.pem"), NULL, NULL, NULL, &error));
        at = total = 0;
        while (at < size - (cut ? 100u : 0u)) {
            size_t piece = size - (cut ? 100u : 0u) - at;
            OK(smz_decoder_process(decoder, data + at, piece < 700 ? piece : 700, &consumed, out,
                                   sizeof out, &produced, &error));
            CHECK(consumed + produced > 0);
            at += consumed;
            total += produced;
        }
        if (cut) {
            FAILS(SMZ_ERR_CORRUPT, smz_decoder_finish(decoder, out, sizeof out, &produced, &error));
            FAILS(SMZ_ERR_CORRUPT, smz_decoder_finish(decoder, out, sizeof out, &produced, &error));
        } else {
            do {
                OK(smz_decoder_finish(decoder, out, sizeof out, &produced, &error));
                total += produced;
            } while (produced > 0);
            CHECK(total == content_size(keys, data, size));
        }
        smz_decoder_free(decoder);
    }
    free(data);
    smz_keyring_free(keys);
}

static int refuse_to_choose(void *user, const smz_entry *entry) {
    (void)user, (void)entry;
    return -1;
}

static int never(void *user, const smz_entry *entry) {
    CHECK(entry->struct_size == sizeof *entry && entry->name_len == strlen(entry->name));
    return (*(int *)user)++ < 0;
}

static int noon(void *user, int year, int month, int day, int hour, int minute, int second,
                int64_t *out_unix_seconds) {
    (void)user, (void)year, (void)month, (void)day, (void)hour, (void)minute, (void)second;
    *out_unix_seconds = 1000000000;
    return 0;
}

/* Which phases were reported, as bits. */
static int note_phases(void *user, const smz_progress *progress) {
    CHECK(progress->phase >= SMZ_PHASE_UNLOCKING && progress->phase <= SMZ_PHASE_PUBLISHING);
    CHECK(progress->bytes_done <= progress->bytes_total || progress->bytes_total == 0);
    *(int *)user |= 1 << progress->phase;
    return 0;
}

static int stop(void *user, const smz_progress *progress) {
    CHECK(progress->entries_total > 0);
    (*(int *)user)++;
    return 1;
}

/* A callback that frees the archive it is called for: it goes when the call returns. */
static smz_archive *freed_inside;

static int free_inside(void *user, const smz_progress *progress) {
    (void)user, (void)progress;
    smz_archive_free(freed_inside);
    CHECK(smz_archive_entry_count(freed_inside) == 0);
    return 0;
}

static void one_export(void) {
    smz_archive *archive = sample_archive();
    smz_options *options = smz_options_new();
    smz_cancel *cancel = smz_cancel_new();
    smz_report *report = NULL;
    smz_reader *reader = NULL;
    smz_summary summary;
    smz_entry entry;
    uint64_t index = 0, count = smz_archive_entry_count(archive);
    uint8_t buffer[5000];
    size_t n, total = 0;
    int calls = 0;

    CHECK(count == 13);
    CHECK(smz_archive_integrity(archive) == SMZ_INTEGRITY_CHECKSUMMED);
    CHECK(smz_archive_integrity(NULL) == SMZ_INTEGRITY_NONE);
    memset(&entry, 0, sizeof entry);
    entry.struct_size = sizeof entry;
    OK(smz_archive_find(archive, CUSTOMER, &index, &error));
    OK(smz_archive_get_entry(archive, index, &entry));
    CHECK(strcmp(entry.name, CUSTOMER) == 0 && entry.size == 105382 && entry.kind == SMZ_ENTRY_FILE);
    CHECK(entry.path && strcmp(entry.path, CUSTOMER) == 0);
    CHECK(entry.is_supported == 1 && entry.is_encrypted == 0 && entry.modified > 1000000000 && entry.compression_method == 8);
    FAILS(SMZ_ERR_NOT_FOUND, smz_archive_find(archive, "none", &index, &error));
    FAILS(SMZ_ERR_NOT_FOUND, smz_archive_open_entry(archive, count, &reader, &error));
    CHECK(smz_archive_get_entry(archive, UINT64_MAX, &entry) == SMZ_ERR_NOT_FOUND);

    OK(smz_archive_open_entry(archive, index, &reader, &error));
    CHECK(smz_reader_integrity(reader) == SMZ_INTEGRITY_CHECKSUMMED);
    CHECK(smz_reader_recipient(reader) == SMZ_UNKNOWN);
    FAILS(SMZ_ERR_UNSUPPORTED, smz_reader_seek(reader, 0, 0, NULL, &error));
    FAILS(SMZ_ERR_UNSUPPORTED, smz_reader_read_at(reader, 0, buffer, 1, &n, &error));
    do {
        OK(smz_reader_read(reader, buffer, sizeof buffer, &n, &error));
        total += n;
    } while (n > 0);
    CHECK(total == 105382 && smz_reader_size(reader) == 105382);
    smz_reader_free(reader);

    OK(smz_archive_verify(archive, NULL, &report, &error));
    memset(&summary, 0, sizeof summary);
    summary.struct_size = sizeof summary;
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 6 && summary.bytes == 407455 && summary.failed == 0);
    smz_report_free(report);
    OK(smz_archive_verify(archive, NULL, NULL, &error));

    OK(smz_options_set_string(options, SMZ_OPTION_INCLUDE, "entities/*.json", &error));
    OK(smz_options_set_string(options, SMZ_OPTION_EXCLUDE, "**/*2019*", &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_DURABLE, 0, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_THREADS, 3, &error));
    OK(smz_options_set_local_time(options, noon, NULL));
    OK(smz_archive_dry_run(archive, in(scratch, "tree"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 1);
    smz_report_free(report);
    OK(smz_archive_extract(archive, in(scratch, "tree"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 1 && summary.bytes == 105382);
    smz_report_free(report);
    FAILS(SMZ_ERR_EXISTS, smz_archive_dry_run(archive, in(scratch, "tree"), options, NULL, &error));
    FAILS(SMZ_ERR_EXISTS, smz_archive_extract(archive, in(scratch, "tree"), options, NULL, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_OVERWRITE, SMZ_OVERWRITE_SKIP, &error));
    OK(smz_archive_extract(archive, in(scratch, "tree"), options, &report, &error));
    {
        smz_skipped skipped;
        memset(&skipped, 0, sizeof skipped);
        skipped.struct_size = sizeof skipped;
        OK(smz_report_get_skipped(report, 0, &skipped));
        CHECK(skipped.reason == SMZ_SKIPPED_EXISTS && strcmp(skipped.name, CUSTOMER) == 0);
        CHECK(smz_report_get_skipped(report, 1, &skipped) == SMZ_ERR_NOT_FOUND);
    }
    smz_report_free(report);
    OK(smz_archive_extract_entry(archive, index, in(scratch, "single"), NULL, &error));
    /* it is there afterwards, or an error says why not: the options, which skip, leave nothing out */
    FAILS(SMZ_ERR_EXISTS, smz_archive_extract_entry(archive, index, in(scratch, "single"), options, &error));
    OK(smz_options_set_filter(options, never, &calls));
    OK(smz_archive_extract(archive, in(scratch, "empty"), options, NULL, &error));
    CHECK(calls == 1); /* the patterns leave one */
    OK(smz_options_set_filter(options, refuse_to_choose, NULL));
    FAILS(SMZ_ERR_CANCELLED, smz_archive_extract(archive, in(scratch, "unchosen"), options, NULL, &error));

    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, 9999, 0, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, SMZ_OPTION_OVERWRITE, 7, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, SMZ_OPTION_INCLUDE, 0, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_string(options, SMZ_OPTION_THREADS, "1", &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_string(options, SMZ_OPTION_INCLUDE, "[", &error));
    smz_options_free(options);

    options = smz_options_new();
    calls = 0;
    OK(smz_options_set_progress(options, note_phases, &calls));
    OK(smz_archive_extract(archive, in(scratch, "phases"), options, NULL, &error));
    CHECK((calls & 1 << SMZ_PHASE_WRITING) && (calls & 1 << SMZ_PHASE_PUBLISHING));
    CHECK(!(calls & 1 << SMZ_PHASE_UNLOCKING));
    calls = 0;
    OK(smz_archive_verify(archive, options, NULL, &error));
    CHECK((calls & 1 << SMZ_PHASE_VERIFYING) && !(calls & 1 << SMZ_PHASE_WRITING));
    calls = 0;
    {
        smz_keyring *keys = sample_keys();
        smz_set *set = NULL;
        smz_archive *opened = NULL;
        OK(smz_set_discover(sample, &set, &error));
        OK(smz_archive_open(set, keys, options, &opened, &error));
        CHECK(calls == 1 << SMZ_PHASE_UNLOCKING);
        smz_archive_free(opened);
        OK(smz_options_set_progress(options, stop, &calls));
        FAILS(SMZ_ERR_CANCELLED, smz_archive_open(set, keys, options, &opened, &error));
        smz_set_free(set);
        smz_keyring_free(keys);
    }
    calls = 0;
    OK(smz_options_set_progress(options, stop, &calls));
    FAILS(SMZ_ERR_CANCELLED, smz_archive_extract(archive, in(scratch, "stopped"), options, NULL, &error));
    CHECK(calls == 1);
    OK(smz_options_set_progress(options, NULL, NULL));
    OK(smz_options_set_cancel(options, cancel));
    smz_cancel_trigger(cancel);
    smz_cancel_free(cancel);
    FAILS(SMZ_ERR_CANCELLED, smz_archive_extract(archive, in(scratch, "stopped"), options, NULL, &error));
    OK(smz_options_set_cancel(options, NULL));
    freed_inside = archive;
    OK(smz_options_set_progress(options, free_inside, NULL));
    OK(smz_archive_verify(archive, options, NULL, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_archive_verify(archive, NULL, NULL, &error));
    smz_archive_free(archive);
    smz_options_free(options);
}

/* Of a limit given when the archive was opened and one given to a call, the stricter counts. */
static void limits_of_a_call(void) {
    smz_keyring *keys = sample_keys();
    smz_set *set = NULL;
    smz_archive *archive = sample_archive(), *small = NULL;
    smz_message *message = NULL;
    smz_options *options = smz_options_new(), *wide = smz_options_new();
    uint64_t index = 0;
    int option;
    OK(smz_archive_find(archive, CUSTOMER, &index, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_LIMIT_TOTAL_SIZE, 105381, &error));
    CHECK(smz_archive_extract(archive, in(scratch, "limited"), options, NULL, &error) == SMZ_ERR_LIMIT);
    CHECK(smz_error_get_number(error, SMZ_ERROR_LIMIT, &index) == SMZ_OK);
    CHECK(index == SMZ_OPTION_LIMIT_TOTAL_SIZE);
    CHECK(smz_error_get_number(error, SMZ_ERROR_ALLOWED, &index) == SMZ_OK && index == 105381);
    smz_error_free(error);
    error = NULL;
    OK(smz_archive_find(archive, CUSTOMER, &index, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(archive, options, NULL, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_dry_run(archive, in(scratch, "limited"), options, NULL, &error));
    FAILS(SMZ_ERR_LIMIT,
          smz_archive_extract_entry(archive, index, in(scratch, "limited"), options, &error));
    CHECK(fopen(in(scratch, "limited"), "rb") == NULL);
    /* Only what was asked for counts, and one byte more is enough. */
    OK(smz_options_set_u64(options, SMZ_OPTION_LIMIT_TOTAL_SIZE, 105382, &error));
    OK(smz_archive_extract_entry(archive, index, in(scratch, "limited"), options, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(archive, options, NULL, &error));
    OK(smz_options_set_string(options, SMZ_OPTION_INCLUDE, CUSTOMER, &error));
    OK(smz_archive_verify(archive, options, NULL, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_LIMIT_ENTRIES, 12, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(archive, options, NULL, &error));

    /* A call cannot widen what it was opened under. */
    for (option = 101; option <= SMZ_OPTION_LIMIT_PRIVATE_KEYS; option++) {
        OK(smz_options_set_u64(wide, option, UINT64_MAX, &error));
    }
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(wide, 199, 1, &error));
    OK(smz_archive_verify(archive, wide, NULL, &error));
    smz_options_free(options);
    options = smz_options_new();
    OK(smz_options_set_u64(options, SMZ_OPTION_LIMIT_TOTAL_SIZE, 1000, &error));
    OK(smz_set_discover(sample, &set, &error));
    OK(smz_archive_open(set, keys, options, &small, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(small, NULL, NULL, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(small, wide, NULL, &error));
    smz_archive_free(small);
    OK(smz_archive_open(set, keys, wide, &small, &error));
    OK(smz_archive_verify(small, NULL, NULL, &error));
    FAILS(SMZ_ERR_LIMIT, smz_archive_verify(small, options, NULL, &error));
    smz_archive_free(small);

    /* A message that is written to a file. */
    OK(smz_message_open_file(in(sample, STEM ".zip.smime"), NULL, &message, &error));
    FAILS(SMZ_ERR_LIMIT,
          smz_message_decrypt_to_file(message, keys, in(scratch, "limited.zip"), options, &error));
    CHECK(fopen(in(scratch, "limited.zip"), "rb") == NULL);
    OK(smz_message_decrypt_to_file(message, keys, in(scratch, "limited.zip"), wide, &error));
    smz_message_free(message);
    smz_set_free(set);
    smz_archive_free(archive);
    smz_options_free(options);
    smz_options_free(wide);
    smz_keyring_free(keys);
}

/* An archive of one plain part that is served; its names are given, and bytes after its end. */
static smz_archive *archive_with(const char *const *names, size_t count, const char *end, size_t end_len,
                                 struct memory *memory) {
    static uint8_t zip[8192];
    uint8_t *at = zip, *directory;
    smz_keyring *keys = smz_keyring_new();
    smz_set *set = smz_set_new();
    smz_archive *archive = NULL;
    smz_io io = memory_io(memory);
    uint32_t offsets[16], size, length;
    size_t n;
#define PUT2(value) (*at++ = (uint8_t)(value), *at++ = (uint8_t)((value) >> 8))
#define PUT4(value) (PUT2((value)&0xffff), PUT2((uint32_t)(value) >> 16))
    for (n = 0; n < count; n++) {
        length = (uint32_t)strlen(names[n]);
        offsets[n] = (uint32_t)(at - zip);
        PUT4(0x04034b50u), PUT2(20), PUT2(0), PUT2(0), PUT2(0), PUT2(0x21);
        PUT4(0), PUT4(0), PUT4(0), PUT2(length), PUT2(0);
        memcpy(at, names[n], length);
        at += length;
    }
    directory = at;
    for (n = 0; n < count; n++) {
        length = (uint32_t)strlen(names[n]);
        PUT4(0x02014b50u), PUT2(20), PUT2(20), PUT2(0), PUT2(0), PUT2(0), PUT2(0x21);
        PUT4(0), PUT4(0), PUT4(0), PUT2(length), PUT2(0), PUT2(0), PUT2(0), PUT2(0), PUT4(0);
        PUT4(offsets[n]);
        memcpy(at, names[n], length);
        at += length;
    }
    size = (uint32_t)(at - directory);
    PUT4(0x06054b50u), PUT2(0), PUT2(0), PUT2((uint32_t)count), PUT2((uint32_t)count);
    PUT4(size), PUT4((uint32_t)(directory - zip)), PUT2(0);
    memcpy(at, end, end_len);
    memset(memory, 0, sizeof *memory);
    memory->data = zip;
    memory->size = (size_t)(at - zip) + end_len;
    OK(smz_set_add_io(set, "made.zip", &io, &error));
    OK(smz_archive_open(set, keys, NULL, &archive, &error));
    smz_set_free(set);
    smz_keyring_free(keys);
    return archive;
}

static smz_archive *archive_of(const char *const *names, size_t count, struct memory *memory) {
    return archive_with(names, count, "", 0, memory);
}

/* What deviates from the standard, and was accepted, is said of the archive and in reports. */
static void oddities(void) {
    static const char *const names[] = {"./first.txt", "./second.txt"};
    static const char zeros[512] = {0};
    struct memory memory;
    smz_archive *archive = archive_with(names, 2, zeros, sizeof zeros, &memory);
    smz_report *report = NULL;
    smz_summary summary;
    smz_oddity oddity;
    uint64_t at;
    int seen = 0;
    memset(&summary, 0, sizeof summary);
    memset(&oddity, 0, sizeof oddity);
    summary.struct_size = sizeof summary;
    oddity.struct_size = sizeof oddity;
    CHECK(smz_archive_oddity_count(archive) >= 1);
    OK(smz_archive_get_oddity(archive, smz_archive_oddity_count(archive) - 1, &oddity));
    CHECK(strcmp(oddity.code, "trailing-zeros") == 0 && oddity.count == 512 && oddity.entry == NULL);
    CHECK(strstr(oddity.message, "512") != NULL && oddity.struct_size == sizeof oddity);
    CHECK(smz_archive_get_oddity(archive, 99, &oddity) == SMZ_ERR_NOT_FOUND);
    OK(smz_archive_extract(archive, in(scratch, "odd"), NULL, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 2 && summary.oddities == 2);
    for (at = 0; at < summary.oddities; at++) {
        OK(smz_report_get_oddity(report, at, &oddity));
        if (strcmp(oddity.code, "leading-dot") == 0) {
            CHECK(oddity.count == 2 && strcmp(oddity.entry, names[0]) == 0);
            seen++;
        } else {
            CHECK(strcmp(oddity.code, "trailing-zeros") == 0 && oddity.entry == NULL);
            seen++;
        }
    }
    CHECK(seen == 2 && smz_report_get_oddity(report, at, &oddity) == SMZ_ERR_NOT_FOUND);
    smz_report_free(report);
    smz_archive_free(archive);
    archive = sample_archive();
    CHECK(smz_archive_oddity_count(archive) == 0);
    smz_archive_free(archive);
}

static int is_there(const char *folder, const char *name) {
    FILE *file = fopen(in(folder, name), "rb");
    if (file != NULL) {
        fclose(file);
    }
    return file != NULL;
}

/* Names that are not safe everywhere: refused, left out, or encoded; always said. */
static void unsafe_names(void) {
    static const char *const names[] = {"good.txt", "2026:01.txt", "dot.", "a.TXT", "A.txt"};
    static const char *const worst[] = {"../up.txt"};
    struct memory memory;
    smz_archive *archive = archive_of(names, 5, &memory);
    smz_options *options = smz_options_new();
    smz_report *report = NULL;
    smz_summary summary;
    smz_skipped skipped;
    smz_renamed renamed;
    uint64_t at;
    memset(&summary, 0, sizeof summary);
    memset(&skipped, 0, sizeof skipped);
    memset(&renamed, 0, sizeof renamed);
    summary.struct_size = sizeof summary;
    skipped.struct_size = sizeof skipped;
    renamed.struct_size = sizeof renamed;
    FAILS(SMZ_ERR_UNSAFE_PATH, smz_archive_extract(archive, in(scratch, "names"), NULL, NULL, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_NAMES, SMZ_NAMES_REFUSE, &error));
    FAILS(SMZ_ERR_UNSAFE_PATH, smz_archive_verify(archive, options, NULL, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, SMZ_OPTION_NAMES, 3, &error));

    OK(smz_options_set_u64(options, SMZ_OPTION_NAMES, SMZ_NAMES_SKIP, &error));
    OK(smz_archive_extract(archive, in(scratch, "skipped"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files + summary.skipped == 5 && summary.skipped >= 3 && summary.renamed == 0);
    for (at = 0; at < summary.skipped; at++) {
        OK(smz_report_get_skipped(report, at, &skipped));
        CHECK(skipped.reason == SMZ_SKIPPED_UNSAFE_NAME && strcmp(skipped.name, names[0]) != 0);
    }
    CHECK(is_there(in(scratch, "skipped"), "good.txt") && !is_there(in(scratch, "skipped"), "dot."));
    smz_report_free(report);

    OK(smz_options_set_u64(options, SMZ_OPTION_NAMES, SMZ_NAMES_ENCODE, &error));
    OK(smz_archive_extract(archive, in(scratch, "encoded"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 5 && summary.skipped == 0 && summary.renamed == 3);
    for (at = 0; at < summary.renamed; at++) {
        OK(smz_report_get_renamed(report, at, &renamed));
        CHECK(strcmp(renamed.name, renamed.path) != 0 && is_there(in(scratch, "encoded"), renamed.path));
    }
    CHECK(is_there(in(scratch, "encoded"), "2026%3A01.txt"));
    CHECK(smz_report_get_renamed(report, summary.renamed, &renamed) == SMZ_ERR_NOT_FOUND);
    smz_report_free(report);
    smz_archive_free(archive);
    CHECK(memory.closed == 1);

    /* What leads out of the directory is refused whatever was chosen; it can be looked at. */
    archive = archive_of(worst, 1, &memory);
    FAILS(SMZ_ERR_UNSAFE_PATH, smz_archive_extract(archive, in(scratch, "worst"), options, NULL, &error));
    {
        smz_entry entry;
        memset(&entry, 0, sizeof entry);
        entry.struct_size = sizeof entry;
        OK(smz_archive_get_entry(archive, 0, &entry));
        CHECK(strcmp(entry.name, worst[0]) == 0 && entry.path == NULL);
    }
    smz_archive_free(archive);
    smz_options_free(options);
}

static void parts_of_a_set(void) {
    smz_set *set = NULL;
    smz_message *message = NULL;
    smz_keyring *keys = sample_keys();
    smz_archive *archive = NULL;
    smz_part part;
    size_t size;
    uint8_t *data = read_file(in(sample, STEM ".z02.smime"), &size);
    struct memory memory;
    smz_io io = memory_io(&memory);

    memset(&memory, 0, sizeof memory);
    memory.data = data;
    memory.size = size;
    memset(&part, 0, sizeof part);
    part.struct_size = sizeof part;
    OK(smz_set_discover(in(sample, STEM ".z03.smime"), &set, &error));
    CHECK(smz_set_part_count(set) == 4);
    OK(smz_set_get_part(set, 1, &part));
    CHECK(part.number == 2 && part.state == SMZ_PART_PRESENT && part.size == size);
    CHECK(strcmp(part.name, STEM ".z02.smime") == 0);
    OK(smz_set_open_part(set, 1, NULL, &message, &error));
    smz_message_free(message);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_set_add_io(set, STEM ".z02.smime", &io, &error));
    CHECK(memory.closed == 0);
    smz_set_free(set);

    /* A part alone: the others are named. */
    set = smz_set_new();
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_archive_open(set, keys, NULL, &archive, &error));
    OK(smz_set_add_io(set, STEM ".z02.smime", &io, &error));
    FAILS(SMZ_ERR_FORMAT, smz_set_add_io(set, "notes.txt", &io, &error));
    CHECK(memory.closed == 1); /* that of the second, which was refused */
    CHECK(smz_set_part_count(set) == 3);
    OK(smz_set_get_part(set, 1, &part));
    CHECK(part.state == SMZ_PART_MISSING && strcmp(part.name, STEM ".z01.smime") == 0);
    FAILS(SMZ_ERR_NOT_FOUND, smz_set_open_part(set, 1, NULL, &message, &error));
    CHECK(smz_archive_open(set, keys, NULL, &archive, &error) == SMZ_ERR_MISSING_PART);
    uint64_t number = 0;
    CHECK(strcmp(smz_error_code(error), "incomplete_set") == 0);
    CHECK(smz_error_name_count(error, SMZ_ERROR_MISSING) == 2);
    CHECK(strcmp(smz_error_name(error, SMZ_ERROR_MISSING, 0), STEM ".z01.smime") == 0);
    CHECK(strcmp(smz_error_name(error, SMZ_ERROR_MISSING, 1), STEM ".zip.smime") == 0);
    CHECK(smz_error_name(error, SMZ_ERROR_MISSING, 2) == NULL);
    CHECK(smz_error_name_count(error, SMZ_ERROR_RECIPIENTS) == 0);
    CHECK(smz_error_get_number(error, SMZ_ERROR_ALLOWED, &number) == SMZ_ERR_NOT_FOUND);
    CHECK(smz_error_get_number(error, SMZ_ERROR_ALLOWED, NULL) == SMZ_ERR_INVALID_ARGUMENT);
    CHECK(smz_error_name_count(NULL, SMZ_ERROR_MISSING) == 0 && *smz_error_code(NULL) == '\0');
    CHECK(strstr(smz_error_message(error), STEM ".z01.smime") != NULL);
    CHECK(strstr(smz_error_message(error), STEM ".zip.smime") != NULL);
    smz_error_free(error);
    error = NULL;
    smz_set_free(set);
    CHECK(memory.closed == 2);
    FAILS(SMZ_ERR_IO, smz_set_discover(in(scratch, "none.z01"), &set, &error));
    smz_keyring_free(keys);
    free(data);
}

/* The parts of a set from wherever they are: a file of another name, memory, a descriptor, callbacks. */
static void parts_from_anywhere(void) {
    static const char *const stems[] = {".z01.smime", ".z02.smime", ".z03.smime", ".zip.smime"};
    char name[128];
    smz_set *set = smz_set_new();
    smz_keyring *keys = sample_keys();
    smz_archive *archive = NULL;
    smz_part part;
    struct memory memory;
    smz_io io = memory_io(&memory);
    size_t size, second_size;
    uint64_t at, index;
    uint8_t *data = read_file(in(sample, STEM ".z01.smime"), &size);
    uint8_t *second = read_file(in(sample, STEM ".z02.smime"), &second_size);
    const char *other = in(scratch, "another name");
    FILE *file = fopen(other, "wb");

    memset(&memory, 0, sizeof memory);
    memory.data = second;
    memory.size = second_size;
    CHECK(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    CHECK(strcmp(smz_set_name(set), "") == 0 && strcmp(smz_set_name(NULL), "") == 0);
    OK(smz_set_add_file(set, STEM ".z01.smime", other, &error));
    CHECK(strcmp(smz_set_name(set), STEM) == 0);
    FAILS(SMZ_ERR_FORMAT, smz_set_add_file(set, NULL, other, &error));
    FAILS(SMZ_ERR_IO, smz_set_add_file(set, STEM ".z05.smime", in(scratch, "none"), &error));
    FAILS(SMZ_ERR_IO, smz_set_add_file(set, STEM ".z05.smime", scratch, &error));
    OK(smz_set_add_io(set, STEM ".z02.smime", &io, &error));
#ifndef _WIN32
    {
        char byte;
        int fd = open(in(sample, STEM ".z03.smime"), O_RDONLY);
        int folder = open(scratch, O_RDONLY);
        CHECK(fd >= 0 && folder >= 0 && read(fd, &byte, 1) == 1);
        FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_set_add_fd(set, STEM ".z03.smime", -1, &error));
        FAILS(SMZ_ERR_IO, smz_set_add_fd(set, STEM ".z03.smime", folder, &error));
        OK(smz_set_add_fd(set, STEM ".z03.smime", fd, &error));
        CHECK(lseek(fd, 0, SEEK_CUR) == 1);
        CHECK(close(fd) == 0 && close(folder) == 0);
        FAILS(SMZ_ERR_IO, smz_set_add_fd(set, STEM ".z03.smime", folder, &error));
    }
#else
    OK(smz_set_add_file(set, NULL, in(sample, STEM ".z03.smime"), &error));
#endif
    free(data);
    data = read_file(in(sample, STEM ".zip.smime"), &size);
    OK(smz_set_add_memory(set, STEM ".zip.smime", data, size, &error));
    CHECK(smz_set_part_count(set) == 4);
    for (at = 0; at < 4; at++) {
        memset(&part, 0, sizeof part);
        part.struct_size = sizeof part;
        OK(smz_set_get_part(set, at, &part));
        snprintf(name, sizeof name, STEM "%s", stems[at]);
        CHECK(strcmp(part.name, name) == 0 && part.state == SMZ_PART_PRESENT);
    }
    OK(smz_archive_open(set, keys, NULL, &archive, &error));
    OK(smz_archive_verify(archive, NULL, NULL, &error));

    /* Where an entry is. */
    OK(smz_archive_find(archive, CUSTOMER, &index, &error));
    CHECK(smz_archive_entry_part_count(archive, index) >= 1);
    for (at = 0; at < smz_archive_entry_part_count(archive, index); at++) {
        CHECK(strncmp(smz_archive_entry_part(archive, index, at), STEM ".z", sizeof STEM + 1) == 0);
    }
    CHECK(smz_archive_entry_part(archive, index, at) == NULL);
    CHECK(smz_archive_entry_part(archive, smz_archive_entry_count(archive), 0) == NULL);
    CHECK(smz_archive_entry_part_count(archive, UINT64_MAX) == 0);
    smz_archive_free(archive);
    smz_set_free(set);
    CHECK(memory.closed == 1);
    smz_keyring_free(keys);
    free(second);
    free(data);
}

/* What an error is about, one by one: the parts of an entry that is damaged. */
static void parts_of_an_error(void) {
    static const char *const kinds[] = {".z01.smime", ".z02.smime", ".z03.smime", ".zip.smime"};
    uint8_t *data[4];
    size_t size[4], at;
    uint64_t entry, entries, part, damaged = 0;
    char name[128];
    smz_set *set = smz_set_new();
    smz_keyring *keys = sample_keys();
    smz_archive *archive = NULL;
    for (at = 0; at < 4; at++) {
        snprintf(name, sizeof name, STEM "%s", kinds[at]);
        data[at] = read_file(in(sample, name), &size[at]);
        OK(smz_set_add_memory(set, name, data[at], size[at], &error));
    }
    OK(smz_archive_open(set, keys, NULL, &archive, &error));
    /* A letter of the base64 in the middle of the second part. */
    at = size[1] / 2;
    while (data[1][at] == '\r' || data[1][at] == '\n') {
        at++;
    }
    data[1][at] = data[1][at] == 'A' ? 'B' : 'A';
    entries = smz_archive_entry_count(archive);
    for (entry = 0; entry < entries; entry++) {
        smz_reader *reader = NULL;
        uint8_t buffer[4096];
        size_t n = 1;
        smz_status status = smz_archive_open_entry(archive, entry, &reader, &error);
        while (status == SMZ_OK && n > 0) {
            status = smz_reader_read(reader, buffer, sizeof buffer, &n, &error);
        }
        smz_reader_free(reader);
        if (status == SMZ_OK) {
            continue;
        }
        damaged++;
        CHECK(status == SMZ_ERR_CORRUPT);
        CHECK(smz_error_name_count(error, SMZ_ERROR_PARTS) == smz_archive_entry_part_count(archive, entry));
        for (part = 0; part < smz_error_name_count(error, SMZ_ERROR_PARTS); part++) {
            CHECK(strcmp(smz_error_name(error, SMZ_ERROR_PARTS, part),
                         smz_archive_entry_part(archive, entry, part)) == 0);
        }
        smz_error_free(error);
        error = NULL;
    }
    CHECK(damaged >= 1);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_keyring_free(keys);
    for (at = 0; at < 4; at++) {
        free(data[at]);
    }
}

static void make_folder(const char *path) {
#ifdef _WIN32
    CHECK(_mkdir(path) == 0);
#else
    CHECK(mkdir(path, 0700) == 0);
#endif
}

/* All the sets of a folder, where smz_set_discover() says that there are several. */
static void sets_of_a_folder(void) {
    static const char *const names[] = {"several/b.zip", "several/a.zip", "several/notes.txt"};
    smz_set_list *list = NULL;
    smz_set *set = NULL;
    uint64_t index;
    size_t at;
    make_folder(in(scratch, "several"));
    OK(smz_set_discover_all(in(scratch, "several"), &list, &error));
    CHECK(smz_set_list_count(list) == 0);
    FAILS(SMZ_ERR_NOT_FOUND, smz_set_list_get(list, 0, &set, &error));
    smz_set_list_free(list);
    for (at = 0; at < 3; at++) {
        FILE *file = fopen(in(scratch, names[at]), "wb");
        CHECK(file != NULL && fputs("PK", file) >= 0 && fclose(file) == 0);
    }
    CHECK(smz_set_discover(in(scratch, "several"), &set, &error) == SMZ_ERR_AMBIGUOUS);
    CHECK(smz_error_name_count(error, SMZ_ERROR_SETS) == 2);
    smz_error_free(error);
    error = NULL;
    OK(smz_set_discover_all(in(scratch, "several"), &list, &error));
    CHECK(smz_set_list_count(list) == 2 && smz_set_list_count(NULL) == 0);
    for (index = 0; index < 2; index++) {
        OK(smz_set_list_get(list, index, &set, &error));
        CHECK(strcmp(smz_set_name(set), index == 0 ? "a" : "b") == 0 && smz_set_part_count(set) == 1);
        smz_set_free(set);
    }
    OK(smz_set_list_get(list, 1, &set, &error));
    smz_set_list_free(list);
    CHECK(strcmp(smz_set_name(set), "b") == 0);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_set_add_file(set, NULL, in(scratch, "several/a.zip"), &error));
    smz_set_free(set);
    FAILS(SMZ_ERR_IO, smz_set_discover_all(in(scratch, "none"), &list, &error));
}

/* A part of the sample under a name in a folder, with a byte changed at a distance from its end; 0 for none. */
static void put_part(const char *folder, const char *kind, const char *name, size_t change) {
    char from[64], to[128];
    size_t size;
    uint8_t *data;
    FILE *file;
    snprintf(from, sizeof from, STEM ".%s.smime", kind);
    snprintf(to, sizeof to, STEM ".%s", name);
    data = read_file(in(sample, from), &size);
    if (change > 0) {
        data[size - change] = data[size - change] == 'A' ? 'B' : 'A';
    }
    file = fopen(in(in(scratch, folder), to), "wb");
    CHECK(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    free(data);
}

/* The status of the only set of a folder. */
static smz_set_status status_of(const char *folder, const smz_keyring *keys, smz_set_statuses **statuses) {
    smz_set_list *list = NULL;
    smz_set_status status;
    memset(&status, 0, sizeof status);
    status.struct_size = sizeof status;
    OK(smz_set_discover_all(in(scratch, folder), &list, &error));
    OK(smz_set_list_find_statuses(list, keys, NULL, statuses, &error));
    CHECK(smz_set_list_count(list) == 1 && smz_set_statuses_count(*statuses) == 1);
    smz_set_list_free(list);
    OK(smz_set_statuses_get(*statuses, 0, &status));
    CHECK(strcmp(status.name, STEM) == 0);
    CHECK(status.parts == smz_set_statuses_name_count(*statuses, 0, SMZ_SET_STATUS_PARTS));
    return status;
}

static int names(const smz_set_statuses *statuses, smz_set_status_list list, uint64_t index, const char *name) {
    const char *found = smz_set_statuses_name(statuses, 0, list, index);
    char whole[128];
    snprintf(whole, sizeof whole, STEM ".%s", name);
    return found != NULL && strcmp(found, whole) == 0;
}

/* What state sets are in: whole, with parts missing, downloading, in copies that differ, damaged. */
static void states_of_sets(void) {
    smz_keyring *keys = sample_keys(), *none = smz_keyring_new();
    smz_set_statuses *statuses = NULL;
    smz_set *set = NULL;
    smz_options *options = smz_options_new();
    smz_cancel *cancel = smz_cancel_new();
    smz_set_status status;
    smz_error_info damage;
    FILE *file;
    uint64_t list;

    memset(&damage, 0, sizeof damage);
    damage.struct_size = sizeof damage;
    make_folder(in(scratch, "states"));
    put_part("states", "z02", "z02.smime", 0);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_STILL_DOWNLOADING && status.key_fits == 1 && status.parts == 1);
    CHECK(strcmp(status.verdict_code, "still_downloading") == 0 && status.total == SMZ_UNKNOWN);
    CHECK(names(statuses, SMZ_SET_STATUS_MISSING, 0, "z01.smime"));
    CHECK(names(statuses, SMZ_SET_STATUS_MISSING, 1, "zip.smime"));
    CHECK(smz_set_statuses_name_count(statuses, 0, SMZ_SET_STATUS_UNFINISHED) == 0);
    smz_set_statuses_free(statuses);

    put_part("states", "zip", "zip.smime", 0);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_MISSING && status.total == 4 && status.parts == 2);
    CHECK(names(statuses, SMZ_SET_STATUS_PARTS, 0, "z02.smime"));
    CHECK(names(statuses, SMZ_SET_STATUS_PARTS, 1, "zip.smime"));
    CHECK(smz_set_statuses_name(statuses, 0, SMZ_SET_STATUS_PARTS, 2) == NULL);
    CHECK(smz_set_statuses_name_count(statuses, 0, SMZ_SET_STATUS_MISSING) == 2);
    CHECK(names(statuses, SMZ_SET_STATUS_MISSING, 1, "z03.smime"));
    smz_set_statuses_free(statuses);
    file = fopen(in(scratch, "states/" STEM ".z03.smime.crdownload"), "wb");
    CHECK(file != NULL && fclose(file) == 0);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_STILL_DOWNLOADING);
    CHECK(names(statuses, SMZ_SET_STATUS_UNFINISHED, 0, "z03.smime.crdownload"));
    smz_set_statuses_free(statuses);
    CHECK(remove(in(scratch, "states/" STEM ".z03.smime.crdownload")) == 0);

    /* Whole, with a copy for one part and a copy in place of another. */
    put_part("states", "z01", "z01 (1).smime", 0);
    put_part("states", "z02", "z02 (1).smime", 0);
    put_part("states", "z03", "z03.smime", 0);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_COMPLETE && status.total == 4 && status.parts == 4);
    CHECK(strcmp(status.verdict_code, "complete") == 0 && status.bytes > 200000);
    CHECK(status.created > 1000000000 && status.created_nanoseconds < 1000000000);
    CHECK(names(statuses, SMZ_SET_STATUS_STAND_INS, 0, "z01 (1).smime"));
    CHECK(names(statuses, SMZ_SET_STATUS_DUPLICATES, 0, "z02 (1).smime"));
    CHECK(smz_set_statuses_name_count(statuses, 0, SMZ_SET_STATUS_RECIPIENTS) == 1);
    CHECK(strstr(smz_set_statuses_name(statuses, 0, SMZ_SET_STATUS_RECIPIENTS, 0), "serial") != NULL);
    for (list = SMZ_SET_STATUS_MISSING; list <= SMZ_SET_STATUS_CONFLICTING + 1; list++) {
        CHECK(smz_set_statuses_name_count(statuses, 0, (smz_set_status_list)list) == 0);
    }
    CHECK(smz_set_statuses_name_count(statuses, 0, 0) == 0);
    CHECK(smz_set_statuses_name_count(statuses, 0, INT32_MIN) == 0);
    CHECK(smz_set_statuses_name_count(statuses, 1, SMZ_SET_STATUS_PARTS) == 0);
    CHECK(smz_set_statuses_get_damage(statuses, 0, &damage) == SMZ_ERR_NOT_FOUND);
    CHECK(smz_set_statuses_get(statuses, 1, &status) == SMZ_ERR_NOT_FOUND);
    smz_set_statuses_free(statuses);
    status = status_of("states", none, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_NO_KEY && status.key_fits == -1 && status.total == SMZ_UNKNOWN);
    smz_set_statuses_free(statuses);

    put_part("states", "z03", "z03 (1).smime", 2000);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_CONFLICTING);
    CHECK(names(statuses, SMZ_SET_STATUS_CONFLICTING, 0, "z03 (1).smime"));
    smz_set_statuses_free(statuses);
    CHECK(remove(in(scratch, "states/" STEM ".z03 (1).smime")) == 0);

    /* The same of one set, stopped, and of one that has no parts. */
    OK(smz_set_discover(in(scratch, "states"), &set, &error));
    OK(smz_set_find_status(set, keys, NULL, &statuses, &error));
    CHECK(smz_set_statuses_count(statuses) == 1 && smz_set_statuses_count(NULL) == 0);
    OK(smz_set_statuses_get(statuses, 0, &status));
    CHECK(status.verdict == SMZ_VERDICT_COMPLETE);
    smz_set_statuses_free(statuses);
    OK(smz_options_set_cancel(options, cancel));
    smz_cancel_trigger(cancel);
    FAILS(SMZ_ERR_CANCELLED, smz_set_find_status(set, keys, options, &statuses, &error));
    smz_set_free(set);
    set = smz_set_new();
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_set_find_status(set, keys, NULL, &statuses, &error));
    smz_set_free(set);

    file = fopen(in(scratch, "states/" STEM ".z03.smime"), "wb");
    CHECK(file != NULL && fclose(file) == 0);
    status = status_of("states", keys, &statuses);
    CHECK(status.verdict == SMZ_VERDICT_DAMAGED);
    OK(smz_set_statuses_get_damage(statuses, 0, &damage));
    CHECK(damage.status == SMZ_ERR_CORRUPT && strcmp(damage.part, STEM ".z03.smime") == 0);
    smz_set_statuses_free(statuses);
    smz_cancel_free(cancel);
    smz_options_free(options);
    smz_keyring_free(none);
    smz_keyring_free(keys);
}

/* Copies of parts: which are ignored, which are taken, which are refused. */
static void copies_of_parts(void) {
    static const char *const expected[] = {"z01 (1).smime", "z02.smime", "z03.smime", "zip.smime"};
    smz_keyring *keys = sample_keys();
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_part part;
    uint64_t at;

    make_folder(in(scratch, "copies"));
    put_part("copies", "z01", expected[0], 0);
    put_part("copies", "z02", expected[1], 0);
    put_part("copies", "z02", "z02 (1).smime", 0);
    put_part("copies", "z03", expected[2], 0);
    put_part("copies", "zip", expected[3], 0);
    memset(&part, 0, sizeof part);
    part.struct_size = sizeof part;
    OK(smz_set_discover(in(scratch, "copies"), &set, &error));
    OK(smz_set_compare_duplicates(set, &error));
    CHECK(smz_set_part_count(set) == 5);
    for (at = 0; at < 4; at++) {
        OK(smz_set_get_part(set, at, &part));
        CHECK(strcmp(part.name + sizeof STEM, expected[at]) == 0 && part.state == SMZ_PART_PRESENT);
        CHECK(part.is_stand_in == (at == 0));
    }
    OK(smz_set_get_part(set, 4, &part));
    CHECK(part.state == SMZ_PART_DUPLICATE && part.is_stand_in == 0);
    OK(smz_archive_open(set, keys, NULL, &archive, &error));
    OK(smz_archive_verify(archive, NULL, NULL, &error));
    smz_archive_free(archive);
    archive = NULL;
    smz_set_free(set);

    /* One in the middle of which something else stands: it is seen when it is compared. */
    put_part("copies", "z03", "z03 (1).smime", 40000);
    OK(smz_set_discover(in(scratch, "copies"), &set, &error));
    CHECK(smz_set_part_count(set) == 6);
    OK(smz_set_get_part(set, 5, &part));
    CHECK(part.state == SMZ_PART_DUPLICATE);
    OK(smz_set_compare_duplicates(set, &error));
    OK(smz_set_get_part(set, 4, &part));
    CHECK(part.state == SMZ_PART_DUPLICATE && strcmp(part.name, STEM ".z02 (1).smime") == 0);
    OK(smz_set_get_part(set, 5, &part));
    CHECK(part.state == SMZ_PART_CONFLICTING && strcmp(part.name, STEM ".z03 (1).smime") == 0);
    CHECK(smz_archive_open(set, keys, NULL, &archive, &error) == SMZ_ERR_MISSING_PART);
    CHECK(smz_error_name_count(error, SMZ_ERROR_DUPLICATES) == 1);
    CHECK(strcmp(smz_error_name(error, SMZ_ERROR_DUPLICATES, 0), part.name) == 0);
    smz_error_free(error);
    error = NULL;
    smz_set_free(set);
    set = smz_set_new();
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_set_compare_duplicates(set, &error));
    smz_set_free(set);
    smz_keyring_free(keys);
}

/* A set of which parts are missing: what can be read, what is extracted, what is said of the rest. */
static void incomplete_sets(void) {
    smz_keyring *keys = sample_keys();
    smz_options *options = smz_options_new();
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_report *report = NULL;
    smz_reader *reader = NULL;
    smz_summary summary;
    smz_unavailable entry;
    uint64_t index, part, readable = 0;

    make_folder(in(scratch, "incomplete"));
    put_part("incomplete", "z01", "z01.smime", 0);
    put_part("incomplete", "zip", "zip.smime", 0);
    memset(&summary, 0, sizeof summary);
    summary.struct_size = sizeof summary;
    memset(&entry, 0, sizeof entry);
    entry.struct_size = sizeof entry;
    OK(smz_set_discover(in(scratch, "incomplete"), &set, &error));
    FAILS(SMZ_ERR_MISSING_PART, smz_archive_open(set, keys, NULL, &archive, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, SMZ_OPTION_INCOMPLETE, 2, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_INCOMPLETE, 1, &error));
    OK(smz_archive_open(set, keys, options, &archive, &error));
    smz_set_free(set);
    CHECK(smz_archive_missing_part_count(archive) == 2 && smz_archive_missing_part_count(NULL) == 0);
    CHECK(strcmp(smz_archive_missing_part(archive, 0), STEM ".z02.smime") == 0);
    CHECK(strcmp(smz_archive_missing_part(archive, 1), STEM ".z03.smime") == 0);
    CHECK(smz_archive_missing_part(archive, 2) == NULL && smz_archive_missing_part(NULL, 0) == NULL);
    CHECK(smz_archive_directory_part_count(archive) == 1);
    CHECK(strcmp(smz_archive_directory_part(archive, 0), STEM ".zip.smime") == 0);
    CHECK(smz_archive_directory_part(archive, 1) == NULL);
    for (index = 0; index < smz_archive_entry_count(archive); index++) {
        const uint64_t missing = smz_archive_entry_missing_count(archive, index);
        CHECK(missing <= smz_archive_entry_part_count(archive, index));
        for (part = 0; part < smz_archive_entry_part_count(archive, index); part++) {
            CHECK(smz_archive_entry_part(archive, index, part) != NULL);
        }
        for (part = 0; part < missing; part++) {
            const char *name = smz_archive_entry_missing(archive, index, part);
            CHECK(strcmp(name, STEM ".z02.smime") == 0 || strcmp(name, STEM ".z03.smime") == 0);
        }
        CHECK(smz_archive_entry_missing(archive, index, missing) == NULL);
        if (missing == 0) {
            readable++;
            OK(smz_archive_open_entry(archive, index, &reader, &error));
            smz_reader_free(reader);
        } else {
            FAILS(SMZ_ERR_MISSING_PART, smz_archive_open_entry(archive, index, &reader, &error));
        }
    }
    CHECK(readable > 0 && readable < smz_archive_entry_count(archive));
    CHECK(smz_archive_entry_missing_count(archive, index) == 0);
    CHECK(smz_archive_entry_missing(archive, index, 0) == NULL);

    FAILS(SMZ_ERR_MISSING_PART, smz_archive_extract(archive, in(scratch, "had"), NULL, NULL, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_AVAILABLE, 1, &error));
    CHECK(smz_archive_dry_run(archive, in(scratch, "had"), options, NULL, &error) == SMZ_PARTIAL);
    CHECK(smz_archive_verify(archive, options, NULL, &error) == SMZ_PARTIAL);
    CHECK(smz_archive_extract(archive, in(scratch, "had"), options, &report, &error) == SMZ_PARTIAL);
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files > 0 && summary.unavailable > 0 && summary.files + summary.unavailable >= 6);
    for (index = 0; index < summary.unavailable; index++) {
        uint64_t place;
        OK(smz_report_get_unavailable(report, index, &entry));
        OK(smz_archive_find(archive, entry.name, &place, &error));
        CHECK(entry.parts == smz_archive_entry_missing_count(archive, place));
        for (part = 0; part < entry.parts; part++) {
            CHECK(strcmp(smz_report_unavailable_part(report, index, part),
                         smz_archive_entry_missing(archive, place, part)) == 0);
        }
        CHECK(smz_report_unavailable_part(report, index, part) == NULL);
    }
    CHECK(smz_report_get_unavailable(report, index, &entry) == SMZ_ERR_NOT_FOUND);
    CHECK(smz_report_unavailable_part(report, index, 0) == NULL);
    smz_report_free(report);
    smz_archive_free(archive);

    archive = sample_archive();
    CHECK(smz_archive_missing_part_count(archive) == 0 && smz_archive_entry_missing_count(archive, 0) == 0);
    OK(smz_archive_verify(archive, options, NULL, &error));
    smz_archive_free(archive);
    smz_options_free(options);
    smz_keyring_free(keys);
}

/* The end of a part is cut off. */
static void cut_part(const char *folder, const char *kind, size_t left) {
    char name[64];
    size_t size;
    uint8_t *data;
    FILE *file;
    snprintf(name, sizeof name, STEM ".%s.smime", kind);
    data = read_file(in(sample, name), &size);
    CHECK(left < size);
    file = fopen(in(in(scratch, folder), name), "wb");
    CHECK(file != NULL && fwrite(data, 1, left, file) == left && fclose(file) == 0);
    free(data);
}

static int count_calls(void *user, const smz_progress *progress) {
    CHECK(progress->struct_size >= sizeof *progress);
    ++*(int *)user;
    return 0;
}

/* What there is of exports that do not open. */
static void salvaged_exports(void) {
    smz_keyring *keys = sample_keys(), *none = smz_keyring_new();
    smz_options *options = smz_options_new();
    smz_cancel *cancel = smz_cancel_new();
    smz_set *set = NULL;
    smz_archive *archive = NULL, *again = NULL;
    smz_salvage *salvage = NULL;
    smz_salvage_summary found;
    smz_summary summary;
    smz_error_info info;
    smz_entry entry;
    smz_report *report = NULL;
    smz_reader *reader = NULL;
    uint8_t buffer[4096];
    uint64_t index, files;
    size_t n;
    int calls = 0;

    memset(&found, 0, sizeof found);
    found.struct_size = sizeof found;
    memset(&summary, 0, sizeof summary);
    summary.struct_size = sizeof summary;
    memset(&info, 0, sizeof info);
    info.struct_size = sizeof info;
    memset(&entry, 0, sizeof entry);
    entry.struct_size = sizeof entry;

    /* The last part is missing, which has the directory, and the second is cut. */
    make_folder(in(scratch, "salvage"));
    put_part("salvage", "z01", "z01.smime", 0);
    put_part("salvage", "z03", "z03.smime", 0);
    cut_part("salvage", "z02", 30000);
    OK(smz_options_set_progress(options, count_calls, &calls));
    OK(smz_set_discover(in(scratch, "salvage"), &set, &error));
    FAILS(SMZ_ERR_MISSING_PART, smz_archive_open(set, keys, NULL, &archive, &error));
    FAILS(SMZ_ERR_NO_MATCHING_KEY, smz_salvage_open(set, none, NULL, &salvage, &error));
    OK(smz_salvage_open(set, keys, options, &salvage, &error));
    CHECK(calls > 0);
    smz_set_free(set);
    OK(smz_salvage_get_summary(salvage, &found));
    CHECK(!found.has_directory && found.missing == 1 && found.damaged == 1 && found.ambiguous == 0);
    CHECK(strcmp(smz_salvage_missing_part(salvage, 0), STEM ".zip.smime") == 0);
    CHECK(smz_salvage_missing_part(salvage, 1) == NULL && smz_salvage_missing_part(NULL, 0) == NULL);
    OK(smz_salvage_get_damaged(salvage, 0, &info));
    CHECK(info.status == SMZ_ERR_CORRUPT && strcmp(info.part, STEM ".z02.smime") == 0);
    CHECK(info.message[0] != 0);
    CHECK(smz_salvage_get_damaged(salvage, 1, &info) == SMZ_ERR_NOT_FOUND);
    CHECK(smz_salvage_ambiguous_name(salvage, 0) == NULL);
    CHECK(found.lost == 1);
    OK(smz_salvage_get_lost(salvage, 0, &info));
    CHECK(info.status == SMZ_ERR_CORRUPT && strcmp(info.entry, "attachments/2024/03/recording.raw") == 0);
    CHECK(smz_salvage_get_lost(salvage, 1, &info) == SMZ_ERR_NOT_FOUND);

    /* What was found is an archive like others, and stays when the rest is freed. */
    OK(smz_salvage_get_archive(salvage, &archive, &error));
    OK(smz_salvage_get_archive(salvage, &again, &error));
    smz_archive_free(again);
    CHECK(smz_archive_entry_count(archive) > 0);
    CHECK(strcmp(smz_archive_missing_part(archive, 0), STEM ".zip.smime") == 0);
    calls = 0;
    CHECK(smz_salvage_extract(salvage, in(scratch, "salvaged"), options, &report, &error) >= SMZ_OK);
    OK(smz_report_get_summary(report, &summary));
    CHECK(calls > 0 && summary.files > 0 && summary.failed == 0);
    files = summary.files;
    smz_report_free(report);
    FAILS(SMZ_ERR_EXISTS, smz_salvage_extract(salvage, in(scratch, "salvaged"), NULL, NULL, &error));
    OK(smz_options_set_string(options, SMZ_OPTION_INCLUDE, "none", &error));
    OK(smz_salvage_extract(salvage, in(scratch, "salvaged"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 0 && summary.unavailable == 0);
    smz_report_free(report);
    smz_salvage_free(salvage);
    for (index = 0; index < smz_archive_entry_count(archive); index++) {
        OK(smz_archive_get_entry(archive, index, &entry));
        if (smz_archive_entry_missing_count(archive, index) > 0) {
            CHECK(smz_archive_entry_missing(archive, index, 0) != NULL);
            FAILS(SMZ_ERR_MISSING_PART, smz_archive_open_entry(archive, index, &reader, &error));
            continue;
        }
        CHECK(smz_archive_entry_part(archive, index, 0) != NULL);
        OK(smz_archive_open_entry(archive, index, &reader, &error));
        do {
            OK(smz_reader_read(reader, buffer, sizeof buffer, &n, &error));
        } while (n > 0);
        smz_reader_free(reader);
        files -= entry.kind == SMZ_ENTRY_FILE;
    }
    CHECK(files == 0);
    smz_archive_free(archive);

    /* Whole, stopped, and without parts. */
    OK(smz_set_discover(sample, &set, &error));
    OK(smz_salvage_open(set, keys, NULL, &salvage, &error));
    OK(smz_salvage_get_summary(salvage, &found));
    CHECK(found.has_directory && found.missing + found.damaged + found.ambiguous + found.lost == 0);
    CHECK(found.uncertain == 0);
    OK(smz_salvage_extract(salvage, in(scratch, "salvaged-whole"), NULL, NULL, &error));
    smz_salvage_free(salvage);
    OK(smz_options_set_cancel(options, cancel));
    smz_cancel_trigger(cancel);
    FAILS(SMZ_ERR_CANCELLED, smz_salvage_open(set, keys, options, &salvage, &error));
    smz_set_free(set);
    set = smz_set_new();
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_salvage_open(set, keys, NULL, &salvage, &error));
    smz_set_free(set);
    smz_cancel_free(cancel);
    smz_options_free(options);
    smz_keyring_free(none);
    smz_keyring_free(keys);
}

/* Entries that may be of an archive in the archive, as nothing leads to them from the start. */
static void uncertain_entries(void) {
    smz_keyring *keys = sample_keys();
    smz_options *options = smz_options_new();
    smz_cancel *cancel = smz_cancel_new();
    smz_set *set = NULL;
    smz_archive *archive = NULL, *uncertain = NULL;
    smz_salvage *salvage = NULL;
    smz_salvage_summary found;
    smz_summary summary;
    smz_report *report = NULL;
    smz_reader *reader = NULL;
    uint8_t buffer[4096];
    uint64_t index;
    size_t n;
    int calls = 0;

    memset(&found, 0, sizeof found);
    found.struct_size = sizeof found;
    memset(&summary, 0, sizeof summary);
    summary.struct_size = sizeof summary;

    /* Neither the first part is there nor the last. */
    make_folder(in(scratch, "uncertain"));
    put_part("uncertain", "z02", "z02.smime", 0);
    put_part("uncertain", "z03", "z03.smime", 0);
    OK(smz_set_discover(in(scratch, "uncertain"), &set, &error));
    OK(smz_salvage_open(set, keys, NULL, &salvage, &error));
    smz_set_free(set);
    OK(smz_salvage_get_summary(salvage, &found));
    CHECK(!found.has_directory && found.missing == 2 && found.uncertain == 6);
    /* A program that does not know of them gets the rest. */
    found.struct_size = offsetof(smz_salvage_summary, uncertain);
    found.missing = found.uncertain = 77;
    OK(smz_salvage_get_summary(salvage, &found));
    CHECK(found.missing == 2 && found.uncertain == 77);

    OK(smz_salvage_get_archive(salvage, &archive, &error));
    CHECK(smz_archive_entry_count(archive) == 0);
    smz_archive_free(archive);
    OK(smz_salvage_get_uncertain(salvage, &uncertain, &error));
    CHECK(smz_archive_entry_count(uncertain) == 6);
    OK(smz_salvage_extract(salvage, in(scratch, "certain"), NULL, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 0 && summary.unavailable == 0);
    smz_report_free(report);

    OK(smz_options_set_progress(options, count_calls, &calls));
    CHECK(smz_salvage_extract_uncertain(salvage, in(scratch, "apart"), options, &report, &error) ==
          SMZ_PARTIAL);
    OK(smz_report_get_summary(report, &summary));
    CHECK(calls > 0 && summary.files == 2 && summary.unavailable == 1 && summary.failed == 0);
    smz_report_free(report);
    FAILS(SMZ_ERR_EXISTS,
          smz_salvage_extract_uncertain(salvage, in(scratch, "apart"), NULL, NULL, &error));
    OK(smz_options_set_string(options, SMZ_OPTION_INCLUDE, "none", &error));
    OK(smz_salvage_extract_uncertain(salvage, in(scratch, "apart"), options, &report, &error));
    OK(smz_report_get_summary(report, &summary));
    CHECK(summary.files == 0 && summary.unavailable == 0);
    smz_report_free(report);
    OK(smz_options_set_cancel(options, cancel));
    smz_cancel_trigger(cancel);
    FAILS(SMZ_ERR_CANCELLED, smz_salvage_extract_uncertain(salvage, in(scratch, "stopped"), options,
                                                           NULL, &error));

    /* Their archive stays when the rest is freed. */
    smz_salvage_free(salvage);
    OK(smz_archive_find(uncertain, "entities/Customer-7f1f3a6c.json", &index, &error));
    CHECK(strcmp(smz_archive_entry_part(uncertain, index, 0), STEM ".z03.smime") == 0);
    OK(smz_archive_open_entry(uncertain, index, &reader, &error));
    do {
        OK(smz_reader_read(reader, buffer, sizeof buffer, &n, &error));
    } while (n > 0);
    smz_reader_free(reader);
    OK(smz_archive_find(uncertain, "entities/archive/2019/Ticket-7f1f3a6c.json", &index, &error));
    FAILS(SMZ_ERR_MISSING_PART, smz_archive_open_entry(uncertain, index, &reader, &error));
    smz_archive_free(uncertain);
    smz_cancel_free(cancel);
    smz_options_free(options);
    smz_keyring_free(keys);
}

/* What would be made, without a byte being read. */
static void what_would_be_made(void) {
    smz_recipients *recipients = smz_recipients_new();
    smz_export_builder *builder = NULL;
    smz_options *options = smz_options_new();
    smz_build_plan *plan = NULL;
    smz_build_plan_summary summary;
    smz_error_info skipped;
    const char *tree, *outbox, *paths_of[2];
    FILE *file;

    memset(&summary, 0, sizeof summary);
    summary.struct_size = sizeof summary;
    memset(&skipped, 0, sizeof skipped);
    skipped.struct_size = sizeof skipped;
    make_folder(in(scratch, "plan"));
    make_folder(in(scratch, "plan/letters"));
    file = fopen(in(scratch, "plan/letters/a.txt"), "wb");
    CHECK(file != NULL && fputs("hello", file) >= 0 && fclose(file) == 0);
    file = fopen(in(scratch, "plan/b.tmp"), "wb");
    CHECK(file != NULL && fputs("bye", file) >= 0 && fclose(file) == 0);
    tree = in(scratch, "plan");
    outbox = in(scratch, "planned");
    OK(smz_recipients_add_certificate_file(recipients, in(sample, "certificate.pem"), NULL, &error));
    OK(smz_export_builder_new(recipients, &builder, &error));
    OK(smz_export_builder_plan_folder(builder, tree, outbox, NULL, &plan, &error));
    OK(smz_build_plan_get_summary(plan, &summary));
    CHECK(summary.entries == 3 && summary.files == 2 && summary.folders == 1 && summary.bytes == 8);
    CHECK(summary.max_size > 8 && summary.max_parts == 1 && summary.skipped == 0);
    CHECK(strcmp(smz_build_plan_entry(plan, 0), "b.tmp") == 0);
    CHECK(strcmp(smz_build_plan_entry(plan, 1), "letters/") == 0);
    CHECK(strcmp(smz_build_plan_entry(plan, 2), "letters/a.txt") == 0);
    CHECK(smz_build_plan_entry(plan, 3) == NULL && smz_build_plan_entry(NULL, 0) == NULL);
    CHECK(smz_build_plan_get_skipped(plan, 0, &skipped) == SMZ_ERR_NOT_FOUND);
    smz_build_plan_free(plan);
    file = fopen(outbox, "rb");
    CHECK(file == NULL);

    OK(smz_options_set_string(options, SMZ_OPTION_EXCLUDE, "**/*.tmp", &error));
    paths_of[0] = in(scratch, "plan/letters");
    paths_of[1] = in(scratch, "plan/b.tmp");
    OK(smz_export_builder_plan_paths(builder, paths_of, 1, outbox, options, &plan, &error));
    CHECK(strcmp(smz_build_plan_entry(plan, 0), "letters/") == 0 && smz_build_plan_entry(plan, 2) == NULL);
    smz_build_plan_free(plan);
    OK(smz_export_builder_plan_paths(builder, paths_of, 2, outbox, NULL, &plan, &error));
    CHECK(smz_build_plan_entry(plan, 2) != NULL && smz_build_plan_entry(plan, 3) == NULL);
    smz_build_plan_free(plan);
    paths_of[1] = paths_of[0];
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz_export_builder_plan_paths(builder, paths_of, 2, outbox, NULL, &plan, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz_export_builder_plan_folder(builder, tree, in(tree, "out"), NULL, &plan, &error));
#ifndef _WIN32
    file = fopen(in(tree, "a:b"), "wb");
    CHECK(file != NULL && fclose(file) == 0);
    FAILS(SMZ_ERR_UNSAFE_PATH, smz_export_builder_plan_folder(builder, tree, outbox, NULL, &plan, &error));
    OK(smz_export_builder_set_u64(builder, SMZ_BUILD_OPTION_UNFIT, SMZ_UNFIT_SKIP, &error));
    OK(smz_export_builder_plan_folder(builder, tree, outbox, NULL, &plan, &error));
    OK(smz_build_plan_get_summary(plan, &summary));
    CHECK(summary.skipped == 1 && summary.entries == 3);
    OK(smz_build_plan_get_skipped(plan, 0, &skipped));
    CHECK(skipped.status == SMZ_ERR_UNSAFE_PATH && strcmp(skipped.entry, "a:b") == 0);
    smz_build_plan_free(plan);
#endif
    smz_options_free(options);
    smz_export_builder_free(builder);
    smz_recipients_free(recipients);
}

/* Unlocking reads an authenticated message whole: it reports, and is stopped by either way. */
static void decrypting_with_options(void) {
    smz_keyring *keys = sample_keys();
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    smz_options *options = smz_options_new();
    smz_cancel *cancel = smz_cancel_new();
    smz_decoder *decoder = NULL;
    uint8_t out[64];
    size_t consumed, produced, size;
    uint8_t *data = read_file(in(sample, STEM ".zip.smime"), &size);
    int phases = 0, stops = 0;
    OK(smz_message_open_memory(data, size, NULL, &message, &error));
    CHECK(smz_options_set_progress(options, note_phases, &phases) == SMZ_OK);
    OK(smz_message_decrypt(message, keys, options, &reader, &error));
    CHECK(phases == 1 << SMZ_PHASE_UNLOCKING);
    smz_reader_free(reader);
    CHECK(smz_options_set_progress(options, stop, &stops) == SMZ_OK);
    FAILS(SMZ_ERR_CANCELLED, smz_message_decrypt(message, keys, options, &reader, &error));
    CHECK(stops == 1 && smz_options_set_progress(options, NULL, NULL) == SMZ_OK);
    OK(smz_decoder_new(keys, options, &decoder, &error));
    smz_decoder_free(decoder);
    CHECK(smz_options_set_cancel(options, cancel) == SMZ_OK);
    OK(smz_decoder_new(keys, options, &decoder, &error));
    smz_cancel_trigger(cancel);
    FAILS(SMZ_ERR_CANCELLED, smz_message_decrypt(message, keys, options, &reader, &error));
    FAILS(SMZ_ERR_CANCELLED,
          smz_decoder_process(decoder, data, size, &consumed, out, sizeof out, &produced, &error));
    smz_decoder_free(decoder);
    OK(smz_message_decrypt(message, keys, NULL, &reader, &error));
    smz_reader_free(reader);
    smz_message_free(message);
    smz_cancel_free(cancel);
    smz_options_free(options);
    smz_keyring_free(keys);
    free(data);
}

/* Every call of a callback fails once: the error comes out, close is called once, nothing leaks. */
static void callbacks_that_fail(void) {
    smz_keyring *keys = sample_keys();
    size_t size;
    uint8_t *data = read_file(in(sample, STEM ".zip.smime"), &size);
    int fail_at, succeeded = 0;
    for (fail_at = 1; !succeeded && fail_at < 5000; fail_at++) {
        struct memory memory;
        smz_io io = memory_io(&memory);
        smz_message *message = NULL;
        smz_reader *reader = NULL;
        smz_status status;
        uint8_t buffer[4096];
        size_t n = 1;
        memset(&memory, 0, sizeof memory);
        memory.data = data;
        memory.size = size;
        memory.fail_at = fail_at;
        status = smz_message_open_io(&io, NULL, &message, &error);
        if (status == SMZ_OK) {
            status = smz_message_decrypt(message, keys, NULL, &reader, &error);
        }
        while (status == SMZ_OK && n > 0) {
            status = smz_reader_read(reader, buffer, sizeof buffer, &n, &error);
        }
        if (memory.calls < fail_at) {
            CHECK(status == SMZ_OK);
            succeeded = 1;
        } else {
            smz_error_info info;
            memset(&info, 0, sizeof info);
            info.struct_size = sizeof info;
            if (status != SMZ_ERR_IO) {
                fprintf(stderr, "call %d: %s\n", fail_at, smz_status_name(status));
            }
            CHECK(status == SMZ_ERR_IO);
            OK(smz_error_get_info(error, &info));
            CHECK(info.os_error == EACCES);
        }
        smz_error_free(error);
        error = NULL;
        smz_message_free(message);
        smz_reader_free(reader);
        CHECK(memory.closed == 1);
    }
    CHECK(succeeded && fail_at > 4);
    free(data);
    smz_keyring_free(keys);
}

static void reentry(void) {
    smz_keyring *keys = sample_keys();
    size_t size, n;
    uint8_t *data = read_file(in(sample, STEM ".zip.smime"), &size);
    struct memory memory;
    smz_io io = memory_io(&memory);
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    uint8_t buffer[100];
    memset(&memory, 0, sizeof memory);
    memory.data = data;
    memory.size = size;
    OK(smz_message_open_io(&io, NULL, &message, &error));
    OK(smz_message_decrypt(message, keys, NULL, &reader, &error));
    memory.reenter = reader;
    OK(smz_reader_read(reader, buffer, sizeof buffer, &n, &error));
    CHECK(n > 0 && memory.reentered == SMZ_ERR_BUSY);
    smz_reader_free(reader);
    smz_message_free(message);
    smz_keyring_free(keys);
    free(data);
}

static int unwraps;

static int unwrap_nothing(void *user, const smz_recipient *recipient, uint8_t *out_key, size_t key_size) {
    CHECK(recipient->encrypted_key_len == 256 && key_size == 32);
    memset(out_key, 1, key_size);
    unwraps++;
    return *(int *)user;
}

static void keys_elsewhere(void) {
    smz_keyring *keys = smz_keyring_new();
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    int outcome = SMZ_UNWRAP_NOT_MINE;
    OK(smz_keyring_add_external(keys, NULL, 0, unwrap_nothing, &outcome, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_keyring_add_external(keys, NULL, 0, NULL, NULL, &error));
    FAILS(SMZ_ERR_BAD_KEY,
          smz_keyring_add_external(keys, (const uint8_t *)"x", 1, unwrap_nothing, NULL, &error));
    OK(smz_message_open_file(in(sample, STEM ".zip.smime"), NULL, &message, &error));
    FAILS(SMZ_ERR_NO_MATCHING_KEY, smz_message_decrypt(message, keys, NULL, &reader, &error));
    outcome = 0; /* a key, but not the right one */
    FAILS(SMZ_ERR_DECRYPT, smz_message_decrypt(message, keys, NULL, &reader, &error));
    outcome = -1;
    FAILS(SMZ_ERR_DECRYPT, smz_message_decrypt(message, keys, NULL, &reader, &error));
    outcome = SMZ_UNWRAP_UNREACHABLE; /* a key that could not be asked is no wrong key */
    FAILS(SMZ_ERR_IO, smz_message_decrypt(message, keys, NULL, &reader, &error));
    outcome = SMZ_ERR_IO;
    FAILS(SMZ_ERR_IO, smz_message_decrypt(message, keys, NULL, &reader, &error));
    outcome = SMZ_ERR_CANCELLED;
    FAILS(SMZ_ERR_CANCELLED, smz_message_decrypt(message, keys, NULL, &reader, &error));
    CHECK(unwraps == 6);
    smz_message_free(message);
    smz_keyring_free(keys);
}

/* Reads a message of the other crate's test data whole; its length, or -1. */
static long whole(const char *name, const smz_keyring *keys, const smz_options *options, int *integrity) {
    char path[1024];
    static uint8_t bytes[65536];
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    size_t count = 0;
    long all = 0;
    snprintf(path, sizeof path, "%s/../envelopes/%s", vectors, name);
    OK(smz_message_open_file(path, options, &message, &error));
    if (smz_message_decrypt(message, keys, NULL, &reader, &error) != SMZ_OK) {
        smz_error_free(error);
        error = NULL;
        smz_message_free(message);
        return -1;
    }
    *integrity = smz_reader_integrity(reader);
    do {
        OK(smz_reader_read(reader, bytes, sizeof bytes, &count, &error));
        all += (long)count;
    } while (count > 0);
    smz_reader_free(reader);
    smz_message_free(message);
    return all;
}

static void every_kind_of_recipient(void) {
    const uint8_t secret[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    smz_keyring *password = smz_keyring_new(), *shared = smz_keyring_new(), *named = smz_keyring_new();
    smz_options *options = smz_options_new();
    smz_message *message = NULL;
    smz_message_info info;
    smz_recipient recipient;
    char path[1024];
    long size;
    uint64_t at;
    int integrity = -1, kinds = 0;
    OK(smz_keyring_add_password(password, (const uint8_t *)"secret", 6, &error));
    OK(smz_keyring_add_secret_key(shared, secret, sizeof secret, NULL, 0, &error));
    OK(smz_keyring_add_secret_key(named, secret, sizeof secret, (const uint8_t *)"other", 5, &error));
    FAILS(SMZ_ERR_BAD_KEY, smz_keyring_add_secret_key(shared, secret, 15, NULL, 0, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_keyring_add_password(password, NULL, 6, &error));
    CHECK(smz_keyring_key_count(password) == 0);
    size = whole("openssl-pwri-aes-256-cbc", password, NULL, &integrity);
    CHECK(size > 0 && integrity == SMZ_INTEGRITY_NONE);
    CHECK(whole("openssl-kekri-aes-128-gcm", shared, NULL, &integrity) == size);
    CHECK(integrity == SMZ_INTEGRITY_AUTHENTICATED);
    CHECK(whole("openssl-kekri-aes-128-gcm", named, NULL, &integrity) == -1);
    CHECK(whole("bc-several", shared, NULL, &integrity) == size);
    CHECK(whole("bc-several", password, NULL, &integrity) == size);

    snprintf(path, sizeof path, "%s/../envelopes/bc-several", vectors);
    OK(smz_message_open_file(path, NULL, &message, &error));
    memset(&info, 0, sizeof info);
    memset(&recipient, 0, sizeof recipient);
    info.struct_size = sizeof info;
    recipient.struct_size = sizeof recipient;
    OK(smz_message_get_info(message, &info));
    CHECK(info.recipient_count == 5 && info.integrity == SMZ_INTEGRITY_AUTHENTICATED && info.is_supported);
    for (at = 0; at < info.recipient_count; at++) {
        OK(smz_message_get_recipient(message, at, &recipient));
        kinds |= 1 << recipient.kind;
        CHECK(recipient.unsupported == NULL && recipient.der_len > recipient.encrypted_key_len);
        if (recipient.kind == SMZ_RECIPIENT_KEY_ENCAPSULATION) {
            CHECK(recipient.der_len > 1000 && recipient.der[0] == 0xa4);
        }
        CHECK((recipient.kind == SMZ_RECIPIENT_KEY_AGREEMENT) == (recipient.originator_public_key != NULL));
        CHECK(recipient.originator_public_key == NULL || recipient.originator_public_key_len == 32);
    }
    CHECK(kinds == 0x5e); /* all but "other" and "unknown" */
    smz_message_free(message);

    /* What must be allowed by name. */
    OK(smz_keyring_add_file(shared, in(vectors, "../keys/main.key.pem"), NULL, NULL, NULL, &error));
    CHECK(whole("bc-gcm-in-enveloped-256", shared, NULL, &integrity) == -1);
    OK(smz_options_set_u64(options, SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA, 1, &error));
    CHECK(whole("bc-gcm-in-enveloped-256", shared, options, &integrity) == size);
    OK(smz_options_set_u64(options, SMZ_OPTION_ACCEPT_TRAILING_DATA, 1, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_INNER_SIGNED_DATA, 1, &error));
    OK(smz_options_set_u64(options, SMZ_OPTION_INNER_MIME_HEADER, 1, &error));
    CHECK(whole("bc-ktri-aes-256-gcm-mime", shared, options, &integrity) == size);
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_options_set_u64(options, SMZ_OPTION_INNER_MIME_HEADER, 2, &error));
    smz_options_free(options);
    smz_keyring_free(named);
    smz_keyring_free(shared);
    smz_keyring_free(password);
}

static void freed_and_foreign_handles(void) {
    smz_keyring *keys = smz_keyring_new();
    smz_options *options = smz_options_new();
    smz_message *message = NULL;
    smz_keyring_free(keys);
    smz_keyring_free(keys);
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz_keyring_add_file(keys, in(sample, "key.pem"), NULL, NULL, NULL, &error));
    CHECK(smz_keyring_key_count(keys) == 0);
    CHECK(smz_keyring_key_count((smz_keyring *)options) == 0);
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz_message_open_file(in(sample, STEM ".zip.smime"), (smz_options *)&checks, &message, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT,
          smz_message_open_file(in(sample, STEM ".zip.smime"), NULL, NULL, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_message_open_file(NULL, NULL, &message, &error));
    FAILS(SMZ_ERR_INVALID_ARGUMENT, smz_message_open_file("", NULL, &message, &error));
    smz_message_free((smz_message *)options);
    OK(smz_options_set_u64(options, SMZ_OPTION_THREADS, 1, &error));
    smz_options_free(options);
}

#ifndef _WIN32
static void paths_are_bytes(void) {
    const char *odd = in(scratch, "caf\xe9.zip"); /* not UTF-8 */
    smz_keyring *keys = sample_keys();
    smz_message *message = NULL;
    FILE *file;
    OK(smz_message_open_file(in(sample, STEM ".zip.smime"), NULL, &message, &error));
    OK(smz_message_decrypt_to_file(message, keys, odd, NULL, &error));
    file = fopen(odd, "rb");
    CHECK(file != NULL);
    fclose(file);
    smz_message_free(message);
    smz_keyring_free(keys);
}
#endif

int main(int argc, char **argv) {
    CHECK(argc == 4);
    sample = argv[1];
    vectors = argv[2];
    scratch = argv[3];
    versions();
    keys_and_passphrases();
    errors_say_where();
    one_message();
    forward_only();
    one_export();
    limits_of_a_call();
    unsafe_names();
    oddities();
    parts_of_a_set();
    parts_from_anywhere();
    parts_of_an_error();
    sets_of_a_folder();
    states_of_sets();
    copies_of_parts();
    incomplete_sets();
    salvaged_exports();
    uncertain_entries();
    what_would_be_made();
    decrypting_with_options();
    callbacks_that_fail();
    reentry();
    keys_elsewhere();
    every_kind_of_recipient();
    freed_and_foreign_handles();
#ifndef _WIN32
    paths_are_bytes();
#endif
    CHECK(smz_error_message(NULL)[0] == 0);
    printf("%d checks\n", checks);
    return 0;
}
