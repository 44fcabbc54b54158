/* Made by cbindgen from crates/smimezip-ffi. Do not edit.
 * SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * @file smimezip.h
 * Opens S/MIME encrypted split zip exports, and enveloped-data messages of any size; makes both.
 *
 * The order of calls: a key ring (smz_keyring_new(), smz_keyring_add_file()); then for an export a
 * set (smz_set_discover(), or smz_set_discover_all() for all of a folder), its archive
 * (smz_archive_open()), and smz_archive_extract() or single entries; for one message
 * smz_message_open_file(), smz_message_decrypt(), smz_reader_read(). To make an export: recipients
 * (smz_recipients_new(), smz_recipients_add_certificate_file()), a builder
 * (smz_export_builder_new()), and smz_export_builder_build_folder(), or
 * smz_export_writer_new_folder() for entries one by one; for one message smz_sealer_new(),
 * smz_sealer_process(). A page with whole programs and how to link is README.md: beside this header
 * in the source tree, in share/doc/smimezip where it is installed.
 *
 * **Status.** Functions that can fail return a ::smz_status: 0 is success, negative numbers are
 * failures and leave every output untouched, positive ones are success with a remark. Where a
 * function takes `smz_error **err`, it may be NULL; on failure, and only then, an error is stored
 * there that is to be freed with smz_error_free().
 *
 * **Handles.** What a function gives through a parameter `out_...` of a handle's type, or one named
 * ..._new returns, is freed once, with the function of its type. Freeing NULL does nothing. A NULL,
 * freed or wrong handle gives SMZ_ERR_INVALID_ARGUMENT, as far as it can be recognised: the memory
 * of a freed handle may be a new one's. A handle that is freed inside a callback of a call that
 * uses it goes when that call returns.
 *
 * **Threads.** Functions that take a handle as `const` may be called with it by several threads at
 * the same time; others by one, and a second call meanwhile gives SMZ_ERR_BUSY. Different handles
 * never disturb each other.
 *
 * **Strings and paths.** Texts are UTF-8 and end with a NUL. Those that are given out are owned by
 * the handle they come from and valid until it is freed. Paths are bytes as they are on Unix, UTF-8
 * on Windows.
 *
 * **Structs.** The first field of each is `struct_size`, which you set to sizeof before the call:
 * so programs and library of different versions understand each other. Use zeroed structs:
 * `smz_entry entry = {0}; entry.struct_size = sizeof entry;`.
 *
 * **Callbacks.** They get the pointer that was given with them. They must not throw, longjmp, or
 * free the handle that is in use. An exception that leaves a callback ends the process.
 *
 * **Limits.** What untrusted input may cost is bounded by SMZ_OPTION_LIMIT_…, each with a default.
 * Those given when something is opened count for all that is done with it later; those given to a
 * later call count for that call, where they are stricter.
 *
 * **Memory.** It comes from the allocator of Rust's standard library (malloc() on Unix) and there
 * is no hook for another one. If there is none left, the process is aborted, as Rust programs are;
 * no call returns for that. What a stranger's input can make the library allocate is bounded by the
 * limits.
 *
 * **Threads it starts.** smz_archive_open(), smz_message_decrypt() and the calls that extract,
 * verify, decrypt to a file or make an export start threads, all of which have ended when the call
 * returns: smz_message_decrypt() one, the others as many as SMZ_OPTION_THREADS says, and a few more
 * that read ahead and write what is done. They have the signal mask of the thread that made the
 * call, so a signal may be delivered to any of them. Nothing runs between calls, but for the
 * threads of a smz_export_writer, which compress what was written and wait for more until it is
 * finished or freed.
 *
 * **The process around it.** The library writes nothing to standard output or standard error, but
 * for a line that Rust prints to standard error when a bug makes it panic (SMZ_ERR_INTERNAL). It
 * installs no signal handler and does not read or change the locale; errno is not meant to be
 * looked at after a call. Of the environment it reads TMPDIR (smz_decoder_process(), for
 * authenticated messages), and what Rust's library reads: RUST_BACKTRACE for that line,
 * RUST_MIN_STACK for threads. Its file descriptors are close-on-exec. fork() is fine while no call
 * runs: both processes may go on using their handles, but for a smz_export_writer, which the child
 * must not use or free, as its threads are not there. Messages are in English; programs should look
 * at statuses and fields, not at texts.
 *
 * **What is promised.** CBC ciphers authenticate nothing: whoever could change a message could
 * change its content. The zip's CRC-32 finds accidents, not attacks. Bytes that are read from a
 * message or an entry come before the checks at their end: do not use them before that end was
 * reached. AES-GCM, AES-CCM and ChaCha20-Poly1305 do authenticate; such a message is verified whole
 * before any byte is given out.
 */


#ifndef SMIMEZIP_H
#define SMIMEZIP_H

#include <stddef.h>
#include <stdint.h>

#if defined(SMZ_STATIC)
#define SMZ_API
#elif defined(_WIN32)
#define SMZ_API __declspec(dllimport)
#elif defined(__GNUC__)
#define SMZ_API __attribute__((visibility("default")))
#else
#define SMZ_API
#endif

#if defined(__GNUC__)
#define SMZ_MUST_USE __attribute__((warn_unused_result))
#define SMZ_DEPRECATED(note) __attribute__((deprecated(note)))
#elif defined(_MSC_VER)
#define SMZ_MUST_USE _Check_return_
#define SMZ_DEPRECATED(note) __declspec(deprecated(note))
#else
#define SMZ_MUST_USE
#define SMZ_DEPRECATED(note)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Structs that are named before their chapter. */
struct smz_entry;
struct smz_message;
struct smz_oddity;
struct smz_reader;
struct smz_receipt;
struct smz_recipient;
struct smz_report;

/* ==============================================================================================
 * Version
 *
 * Of this header, and of the library that is loaded.
 * ============================================================================================== */

/**
 * Major version of this header.
 */
#define SMZ_VERSION_MAJOR 0

/**
 * Minor version of this header. Before 1.0, each may break what was compiled for another.
 */
#define SMZ_VERSION_MINOR 1

/**
 * Patch version of this header.
 */
#define SMZ_VERSION_PATCH 0

/**
 * Version of this header as one number: MAJOR * 1000000 + MINOR * 1000 + PATCH.
 */
#define SMZ_VERSION_NUMBER 1000

/**
 * The version of the library in use, as SMZ_VERSION_NUMBER is that of the header. Since 0.1.
 *
 * @return MAJOR * 1000000 + MINOR * 1000 + PATCH.
 * @note Threads: any.
 */
SMZ_API uint32_t smz_version_number(void);

/**
 * The version of the library in use as text, "0.1.0". Since 0.1.
 *
 * @return A static text.
 * @note Threads: any.
 */
SMZ_API const char *smz_version_string(void);


/* ==============================================================================================
 * Errors
 *
 * The status that functions return, and the details of a failure: a sentence, where it happened,
 * numbers and names.
 * ============================================================================================== */

/**
 * What a function returns: 0 is success, a negative number is a failure and leaves every output
 * untouched, a positive one is success with a remark. Numbers are never reused. Since 0.1.
 */
typedef int32_t smz_status;

/**
 * Done.
 */
#define SMZ_OK 0

/**
 * Done, but some entries were left out: they could not be verified (SMZ_OPTION_KEEP_GOING), or lie
 * in missing parts (SMZ_OPTION_AVAILABLE); smz_salvage_extract() leaves out both. Outputs are
 * written; the report names the entries.
 */
#define SMZ_PARTIAL 1

/**
 * A pointer is NULL, freed or of another type, or a value makes no sense: a mistake in the
 * calling program.
 */
#define SMZ_ERR_INVALID_ARGUMENT -1

/**
 * The operating system or a callback refused a read or a write; see `os_error`.
 */
#define SMZ_ERR_IO -2

/**
 * Not an S/MIME or CMS message, or not a zip archive.
 */
#define SMZ_ERR_FORMAT -3

/**
 * A legal input that this library does not open; the message names it.
 */
#define SMZ_ERR_UNSUPPORTED -4

/**
 * None of the keys is for this message; the message names its recipients.
 */
#define SMZ_ERR_NO_MATCHING_KEY -5

/**
 * A private key needs a passphrase, or the passphrase is wrong.
 */
#define SMZ_ERR_PASSPHRASE -6

/**
 * Decryption failed. Deliberately without detail: which check failed must not be learned.
 */
#define SMZ_ERR_DECRYPT -7

/**
 * The data are damaged or cut off: fetch the part that is named again.
 */
#define SMZ_ERR_CORRUPT -8

/**
 * Parts of the set are missing, too many, or there twice with other bytes; the message names all
 * of them.
 */
#define SMZ_ERR_MISSING_PART -9

/**
 * A limit on untrusted input was reached; raise it with its SMZ_OPTION_LIMIT_… if you trust it.
 */
#define SMZ_ERR_LIMIT -10

/**
 * An entry's name is not safe to create, or two entries cannot exist together.
 */
#define SMZ_ERR_UNSAFE_PATH -11

/**
 * A file is already there, and overwriting was not asked for.
 */
#define SMZ_ERR_EXISTS -12

/**
 * A callback or a cancel handle stopped the call. Nothing is left behind.
 */
#define SMZ_ERR_CANCELLED -13

/**
 * No entry has that name, or nothing has that index.
 */
#define SMZ_ERR_NOT_FOUND -14

/**
 * Another call is using the handle: from another thread, or the one whose callback this is.
 */
#define SMZ_ERR_BUSY -15

/**
 * The folder holds several sets: name a part of the one you mean.
 */
#define SMZ_ERR_AMBIGUOUS -16

/**
 * What should be a private key or a certificate is none.
 */
#define SMZ_ERR_BAD_KEY -17

/**
 * The disk has less free space than extraction needs. Nothing was written.
 */
#define SMZ_ERR_NO_SPACE -19

/**
 * Nothing is sealed for a certificate; the message says why and what to do, SMZ_ERROR_PROBLEM has
 * the reason as a word.
 */
#define SMZ_ERR_UNSUITABLE_CERTIFICATE -20

/**
 * A bug in this library. The handles of the call can only be freed.
 */
#define SMZ_ERR_INTERNAL -99

/**
 * The name of a status, "SMZ_ERR_CORRUPT". Since 0.1.
 *
 * @param status A status.
 * @return A static text; "SMZ_ERR_UNKNOWN" for a number that is none.
 * @note Threads: any.
 */
SMZ_API const char *smz_status_name(smz_status status);

/**
 * What went wrong, and where: made by a call that fails, if it was given somewhere to put it. To
 * be freed with smz_error_free(). May be read by several threads at the same time.
 */
typedef struct smz_error smz_error;

/**
 * "Not known", for positions and sizes.
 */
#define SMZ_UNKNOWN UINT64_MAX

/**
 * The details of an error. Texts are UTF-8, owned by the error or report they come from. Since
 * 0.1.
 */
typedef struct smz_error_info {
    /**
     * To be set to sizeof(smz_error_info) before the call.
     */
    size_t struct_size;
    /**
     * The kind of failure.
     */
    smz_status status;
    /**
     * The operating system's number (errno; GetLastError() on Windows), or what a callback
     * returned; 0 if there is none.
     */
    int32_t os_error;
    /**
     * One sentence for a person. Never NULL.
     */
    const char *message;
    /**
     * The file or part it happened in, or NULL. Where an entry is in several parts, all of them in
     * one text, of many the first and the last; SMZ_ERROR_PARTS has each.
     */
    const char *part;
    /**
     * The archive's entry it happened in, or NULL.
     */
    const char *entry;
    /**
     * The position in bytes in that part, or SMZ_UNKNOWN.
     */
    uint64_t offset;
} smz_error_info;

/**
 * Frees an error. NULL is fine. Its texts go with it. Since 0.1.
 *
 * @param error The error, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_error_free(struct smz_error *error);

/**
 * What went wrong, as one sentence for a person: where, what, and what to do about it.
 *
 * @param error The error, or NULL.
 * @return UTF-8, owned by the error, never NULL (empty if `error` is). Since 0.1.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_error_message(const struct smz_error *error);

/**
 * The kind of failure as a word that programs may compare and store, finer than the status:
 * "truncated" and "damaged" are both SMZ_ERR_CORRUPT. The same words as in JSON and in Rust. Since
 * 0.1.
 *
 * @param error The error, or NULL.
 * @return Owned by the error, never NULL; empty if the failure is the border's own.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_error_code(const struct smz_error *error);

/**
 * The details of an error. Since 0.1.
 *
 * @param error The error.
 * @param out_info Where they go; its `struct_size` must be set. The texts are the error's.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_error_get_info(const struct smz_error *error,
                              struct smz_error_info *out_info);

/**
 * A number that an error may have. Since 0.1.
 */
typedef int32_t smz_error_number;

/**
 * With SMZ_ERR_LIMIT: the SMZ_OPTION_LIMIT_… that was reached.
 */
#define SMZ_ERROR_LIMIT 1

/**
 * With SMZ_ERR_LIMIT: the limit's value.
 */
#define SMZ_ERROR_ALLOWED 2

/**
 * With SMZ_ERR_NO_SPACE: the bytes that are needed.
 */
#define SMZ_ERROR_NEEDED 3

/**
 * With SMZ_ERR_NO_SPACE: the bytes that are free.
 */
#define SMZ_ERROR_AVAILABLE 4

/**
 * The bytes that follow the end of a message.
 */
#define SMZ_ERROR_TRAILING 5

/**
 * A list of names that an error may have. Since 0.1.
 */
typedef int32_t smz_error_list;

/**
 * With SMZ_ERR_MISSING_PART: parts that are not there.
 */
#define SMZ_ERROR_MISSING 1

/**
 * With SMZ_ERR_MISSING_PART: parts past the end of the set.
 */
#define SMZ_ERROR_EXTRA 2

/**
 * With SMZ_ERR_MISSING_PART: further files for a part that is there, with other bytes than it.
 */
#define SMZ_ERROR_DUPLICATES 3

/**
 * With SMZ_ERR_MISSING_PART: missing parts that are still being downloaded.
 */
#define SMZ_ERROR_UNFINISHED 4

/**
 * With SMZ_ERR_MISSING_PART: missing parts with something appended to their names.
 */
#define SMZ_ERROR_MISNAMED 5

/**
 * With SMZ_ERR_AMBIGUOUS: the sets of the folder.
 */
#define SMZ_ERROR_SETS 6

/**
 * With SMZ_ERR_NO_MATCHING_KEY and SMZ_ERR_DECRYPT: for whom the message is, one text for each
 * recipient.
 */
#define SMZ_ERROR_RECIPIENTS 7

/**
 * With SMZ_ERR_NO_MATCHING_KEY and SMZ_ERR_DECRYPT: what was given, one text for each key.
 */
#define SMZ_ERROR_KEYS_GIVEN 8

/**
 * The parts it may have happened in: one, or all that hold the entry. What smz_error_info.part
 * abridges.
 */
#define SMZ_ERROR_PARTS 9

/**
 * With SMZ_ERR_UNSUITABLE_CERTIFICATE: the certificate's subject (RFC 4514), one name.
 */
#define SMZ_ERROR_SUBJECT 10

/**
 * With SMZ_ERR_UNSUITABLE_CERTIFICATE: what is wrong with it, one word that programs may compare,
 * such as "expired" or "key_usage".
 */
#define SMZ_ERROR_PROBLEM 11

/**
 * A number that an error has beside its words. Since 0.1.
 *
 * @param error The error.
 * @param number Which: SMZ_ERROR_LIMIT to SMZ_ERROR_TRAILING.
 * @param out_value Where it goes.
 * @return SMZ_OK; SMZ_ERR_NOT_FOUND if this error has none; SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_error_get_number(const struct smz_error *error,
                                smz_error_number number,
                                uint64_t *out_value);

/**
 * How many names a list of an error has: 0 if it has no such list. Since 0.1.
 *
 * @param error The error, or NULL.
 * @param list Which: SMZ_ERROR_MISSING to SMZ_ERROR_PROBLEM.
 * @return The number of names.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_error_name_count(const struct smz_error *error, smz_error_list list);

/**
 * One name of a list of an error. Since 0.1.
 *
 * @param error The error, or NULL.
 * @param list Which: SMZ_ERROR_MISSING to SMZ_ERROR_PROBLEM.
 * @param index From 0.
 * @return UTF-8, owned by the error; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_error_name(const struct smz_error *error,
                           smz_error_list list,
                           uint64_t index);


/* ==============================================================================================
 * Options
 *
 * Limits, policies, choice of entries, threads, progress, cancellation. NULL is for the defaults.
 * ============================================================================================== */

/**
 * Which option to set. Since 0.1.
 */
typedef int32_t smz_option;

/**
 * Number: what happens where a file is already there: SMZ_OVERWRITE_… Default: never.
 */
#define SMZ_OPTION_OVERWRITE 1

/**
 * SMZ_OPTION_OVERWRITE: extract nothing at all if a file is there.
 */
#define SMZ_OVERWRITE_NEVER 0

/**
 * SMZ_OPTION_OVERWRITE: files that are there stay; the report names them.
 */
#define SMZ_OVERWRITE_SKIP 1

/**
 * SMZ_OPTION_OVERWRITE: files that are there are replaced.
 */
#define SMZ_OVERWRITE_ALWAYS 2

/**
 * Number: what happens to links and devices in an archive: SMZ_LINKS_… Default: refuse.
 */
#define SMZ_OPTION_LINKS 2

/**
 * SMZ_OPTION_LINKS: refuse an archive that has links or devices.
 */
#define SMZ_LINKS_REFUSE 0

/**
 * SMZ_OPTION_LINKS: leave them out; the report names them.
 */
#define SMZ_LINKS_SKIP 1

/**
 * Number, 0 or 1: extract what can be verified although other entries are damaged. Such a call
 * returns SMZ_PARTIAL. Default: 0.
 */
#define SMZ_OPTION_KEEP_GOING 3

/**
 * Number, 0 or 1: have everything on the disk before it is published. Default: 1.
 */
#define SMZ_OPTION_DURABLE 4

/**
 * Number: threads that work; 0 for all of the machine's, at most 16. Default: 0.
 */
#define SMZ_OPTION_THREADS 5

/**
 * Number, 0 or 1: unwrap SignedData inside the encryption (RFC 5652 section 5) where it is met.
 * **The signature is not verified.** Default: 0.
 */
#define SMZ_OPTION_INNER_SIGNED_DATA 7

/**
 * Number, 0 or 1: unwrap a MIME header section inside the encryption, and its base64, where
 * it is met. Default: 0.
 */
#define SMZ_OPTION_INNER_MIME_HEADER 8

/**
 * Number, 0 or 1: ignore bytes after the end of a message, or of an archive. Default: 0, which
 * refuses them.
 */
#define SMZ_OPTION_ACCEPT_TRAILING_DATA 9

/**
 * Number, 0 or 1: open AES-GCM in EnvelopedData, as Bouncy Castle writes it; the tag is verified.
 * Default: 0, as RFC 5084 wants AuthEnvelopedData for it.
 */
#define SMZ_OPTION_ACCEPT_GCM_IN_ENVELOPED_DATA 10

/**
 * Number, 0 or 1: ignore bytes of an archive that belong to no entry, before or between entries,
 * as some programs leave them where they deleted an entry. Default: 0, which refuses them.
 */
#define SMZ_OPTION_ACCEPT_UNUSED_BYTES 11

/**
 * Number: what happens to names that are not safe on every platform (with `:`, a dot or a space at
 * the end, names of devices, names that some file system takes for the same): SMZ_NAMES_…
 * Absolute names, `..` and links are refused whatever was chosen. Default: refuse.
 */
#define SMZ_OPTION_NAMES 12

/**
 * SMZ_OPTION_NAMES: refuse an archive that has such names.
 */
#define SMZ_NAMES_REFUSE 0

/**
 * SMZ_OPTION_NAMES: leave those entries out; the report names them.
 */
#define SMZ_NAMES_SKIP 1

/**
 * SMZ_OPTION_NAMES: encode unsafe characters as `%XX`, give a number to names that collide; the
 * report has both names.
 */
#define SMZ_NAMES_ENCODE 2

/**
 * Number, 0 or 1: open a split set (`.z01` … `.zip`) although parts of it are missing. The last
 * part must be there, and those that have the directory; smz_archive_entry_missing_count() says
 * which entries can be read then. What needs all parts, as extraction does without
 * SMZ_OPTION_AVAILABLE, fails as before. It counts for smz_archive_open() only. Pieces
 * (`.zip.001` …) must all be there: where their entries lie is known by all of them together.
 * Default: 0.
 */
#define SMZ_OPTION_INCOMPLETE 13

/**
 * Number, 0 or 1: extract or verify what can be had of an archive that was opened with
 * SMZ_OPTION_INCOMPLETE or salvaged; the report has the other entries, with the parts that they
 * need, and the call returns SMZ_PARTIAL if there are such. Default: 0, which refuses such an
 * archive.
 */
#define SMZ_OPTION_AVAILABLE 14

/**
 * Text: only entries whose whole name matches this pattern, or one given before. `?` matches one
 * character, `*` any number, `[a-z]` one of these, `[!a-z]` one of the others, but none of them
 * matches `/`. `**` between slashes, or at either end, matches any number of folders. The name of
 * a folder is compared without the `/` at its end. The same as `--include` of the command line.
 */
#define SMZ_OPTION_INCLUDE 20

/**
 * Text: no entries whose name matches this pattern, or one given before. Where an export is made:
 * no files whose path in it does, and no folders, with all that is in them.
 */
#define SMZ_OPTION_EXCLUDE 21

/**
 * Number: bytes of a MIME header section. Default: 65,536.
 */
#define SMZ_OPTION_LIMIT_HEADER_SECTION 101

/**
 * Number: bytes of a message before its encrypted content. Default: 1,048,576.
 */
#define SMZ_OPTION_LIMIT_STRUCTURE 102

/**
 * Number: nesting of ASN.1 constructions. Default: 32.
 */
#define SMZ_OPTION_LIMIT_DEPTH 103

/**
 * Number: recipients of one message. Default: 1,000.
 */
#define SMZ_OPTION_LIMIT_RECIPIENTS 104

/**
 * Number: private-key operations for one message. Default: 16.
 */
#define SMZ_OPTION_LIMIT_PRIVATE_KEY_OPERATIONS 105

/**
 * Number: iterations of key derivation (PBKDF2; others count by their work) to open one key file,
 * or to try the passwords for one message. Default: 10,000,000.
 */
#define SMZ_OPTION_LIMIT_KDF_ITERATIONS 106

/**
 * Number: bytes of memory that scrypt may use to open one private key. Default: 256 MiB.
 */
#define SMZ_OPTION_LIMIT_SCRYPT_MEMORY 107

/**
 * Number: empty chunks in a row in a message. Default: 1,024.
 */
#define SMZ_OPTION_LIMIT_EMPTY_CHUNKS 108

/**
 * Number: parts of a set. Default: 10,000.
 */
#define SMZ_OPTION_LIMIT_PARTS 109

/**
 * Number: bytes of an archive's central directory. Default: 256 MiB.
 */
#define SMZ_OPTION_LIMIT_DIRECTORY 110

/**
 * Number: entries of an archive. Default: 1,000,000.
 */
#define SMZ_OPTION_LIMIT_ENTRIES 111

/**
 * Number: bytes that the entries asked for may decompress to. It counts where it is given: to
 * smz_archive_open() for every later call, to smz_archive_extract() for that call. Default: no
 * limit but the free space.
 */
#define SMZ_OPTION_LIMIT_TOTAL_SIZE 112

/**
 * Number: how many times larger than compressed the entries asked for may become, once they exceed
 * one GiB. It counts as SMZ_OPTION_LIMIT_TOTAL_SIZE does. Default: 200.
 */
#define SMZ_OPTION_LIMIT_RATIO 113

/**
 * Number: layers inside each other that are unwrapped in the encryption. Default: 8.
 */
#define SMZ_OPTION_LIMIT_LAYERS 114

/**
 * Number: bytes of an authenticated message that smz_decoder_process() keeps in a temporary file
 * until its tag is verified. Default: no limit but the free space.
 */
#define SMZ_OPTION_LIMIT_SPOOL 115

/**
 * Number: private keys in one key file. Default: 100.
 */
#define SMZ_OPTION_LIMIT_PRIVATE_KEYS 116

/**
 * smz_progress.phase: keys are tried, and authenticated content is verified: bytes are those of
 * its ciphertext, entries are parts. So it is for an export that is made and read back.
 */
#define SMZ_PHASE_UNLOCKING 1

/**
 * smz_progress.phase: names, conflicts, existing files and free space are checked.
 */
#define SMZ_PHASE_PLANNING 2

/**
 * smz_progress.phase: entries are decrypted, decompressed and compared with their checksums.
 */
#define SMZ_PHASE_VERIFYING 3

/**
 * smz_progress.phase: files are written, and verified on the way; or, where an export is made,
 * files are read and sealed.
 */
#define SMZ_PHASE_WRITING 4

/**
 * smz_progress.phase: all is written to the disk and gets its place.
 */
#define SMZ_PHASE_PUBLISHING 5

/**
 * How far a long call is. Since 0.1.
 */
typedef struct smz_progress {
    /**
     * Size of this struct as the library knows it.
     */
    size_t struct_size;
    /**
     * Bytes written or verified so far, decompressed; of this phase.
     */
    uint64_t bytes_done;
    /**
     * Bytes in all, decompressed; 0 where there is nothing to count, or not yet.
     */
    uint64_t bytes_total;
    /**
     * Entries finished so far; of this phase.
     */
    uint64_t entries_done;
    /**
     * Entries in all; 0 where that is not known yet.
     */
    uint64_t entries_total;
    /**
     * Name of the entry begun last, or NULL. UTF-8, valid until the callback returns.
     */
    const char *entry;
    /**
     * What the call is at: SMZ_PHASE_…
     */
    int32_t phase;
} smz_progress;

/**
 * Receives progress, at least ten times a second while a call works. It is called on the thread
 * that made the call, never twice at the same time, and without a lock held. It must not throw or
 * longjmp. Since 0.1.
 *
 * @param user The pointer given with the callback.
 * @param progress Valid until the callback returns.
 * @return 0 to go on; anything else ends the call with SMZ_ERR_CANCELLED, and the callback is not
 * called again.
 */
typedef int (*smz_progress_fn)(void *user, const struct smz_progress *progress);

/**
 * Says whether an entry is asked for. Called once for each entry that the patterns leave, on the
 * thread that made the call, before anything is done. Since 0.1.
 *
 * @param user The pointer given with the callback.
 * @param entry Valid until the callback returns.
 * @return 0 to leave the entry out, a positive number to take it; a negative one ends the call
 * with SMZ_ERR_CANCELLED.
 */
typedef int (*smz_filter_fn)(void *user, const struct smz_entry *entry);

/**
 * Finds the instant of a time in an archive that has no time zone, as mktime() does. Since 0.1.
 *
 * @param user The pointer given with the callback.
 * @param year As a wall clock shows it, 1980 or later.
 * @param month 1 to 12.
 * @param day From 1.
 * @param hour 0 to 23.
 * @param minute 0 to 59.
 * @param second 0 to 59.
 * @param out_unix_seconds Where to store the seconds since 1970-01-01 00:00 UTC.
 * @return 0 if they were stored; anything else leaves the file without that time.
 */
typedef int (*smz_local_time_fn)(void *user,
                                 int year,
                                 int month,
                                 int day,
                                 int hour,
                                 int minute,
                                 int second,
                                 int64_t *out_unix_seconds);

/**
 * Stops long calls from outside: made once, given to any number of options with
 * smz_options_set_cancel(), triggered from any thread or signal handler.
 */
typedef struct smz_cancel smz_cancel;

/**
 * Makes a cancel handle that was not triggered. Since 0.1.
 *
 * @return The handle, to be freed with smz_cancel_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_cancel *smz_cancel_new(void);

/**
 * Frees a cancel handle. NULL is fine; so are options that it was given to. Since 0.1.
 *
 * @param cancel The handle, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_cancel_free(struct smz_cancel *cancel);

/**
 * Asks every call whose options hold this handle to stop. It returns SMZ_ERR_CANCELLED within a
 * tenth of a second, unless it waits for the disk or a callback, and leaves nothing behind. There
 * is no way back: a triggered handle stops later calls, too. Since 0.1.
 *
 * May be called from any thread and from a signal handler: it does nothing but set a flag. For the
 * same reason it is the one function that cannot recognise a freed handle.
 *
 * @param cancel The handle; NULL does nothing.
 * @note Threads: any, also in a signal handler.
 */
SMZ_API void smz_cancel_trigger(const struct smz_cancel *cancel);

/**
 * Options of many calls; where one is asked for, NULL means the defaults. They are read when the
 * call begins, so they may be changed or freed afterwards.
 */
typedef struct smz_options smz_options;

/**
 * Makes options with the defaults. Since 0.1.
 *
 * @return The options, to be freed with smz_options_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_options *smz_options_new(void);

/**
 * Frees options. NULL is fine. Since 0.1.
 *
 * @param options The options, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_options_free(struct smz_options *options);

/**
 * Sets an option that takes a number. Since 0.1.
 *
 * @param options The options.
 * @param option SMZ_OPTION_…, one said to take a number.
 * @param value The number.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_options_set_u64(struct smz_options *options,
                               smz_option option,
                               uint64_t value,
                               struct smz_error **err);

/**
 * Sets an option that takes a text. Since 0.1.
 *
 * @param options The options.
 * @param option SMZ_OPTION_…, one said to take a text.
 * @param value The text in UTF-8. It is copied.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or a pattern that is none.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_options_set_string(struct smz_options *options,
                                  smz_option option,
                                  const char *value,
                                  struct smz_error **err);

/**
 * Has long calls report their progress. Since 0.1.
 *
 * @param options The options.
 * @param callback Called as smz_progress_fn says; NULL for none.
 * @param user Given to the callback.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
smz_status smz_options_set_progress(struct smz_options *options,
                                    smz_progress_fn callback,
                                    void *user);

/**
 * Has a callback choose entries, besides the patterns. Since 0.1.
 *
 * @param options The options.
 * @param callback Called as smz_filter_fn says; NULL for none.
 * @param user Given to the callback.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
smz_status smz_options_set_filter(struct smz_options *options,
                                  smz_filter_fn callback,
                                  void *user);

/**
 * Has a callback find the instants of times without a time zone; without one they are taken as
 * UTC. Since 0.1.
 *
 * @param options The options.
 * @param callback Called as smz_local_time_fn says; NULL for none.
 * @param user Given to the callback.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
smz_status smz_options_set_local_time(struct smz_options *options,
                                      smz_local_time_fn callback,
                                      void *user);

/**
 * Lets a cancel handle stop the calls that get these options. Since 0.1.
 *
 * @param options The options.
 * @param cancel The handle; it may be freed while the options live. NULL for none.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
smz_status smz_options_set_cancel(struct smz_options *options,
                                  const struct smz_cancel *cancel);


/* ==============================================================================================
 * Keys
 *
 * Private keys, certificates, passwords, keys in hardware or in a service.
 * ============================================================================================== */

/**
 * Private keys and certificates, tried in the order they were added. Keys wipe themselves when the
 * last handle that needs them is freed. Reading it is allowed to several threads at the same time.
 */
typedef struct smz_keyring smz_keyring;

/**
 * Asks for the passphrase of an encrypted private key, at most once for each file. Called on the
 * thread that made the call. Since 0.1.
 *
 * @param user The pointer given with the callback.
 * @param hint For which key, to show to a person: the path, or "" for memory.
 * @param buf Where the passphrase goes, without a NUL; it is wiped afterwards.
 * @param cap Size of `buf`, at least 1,024.
 * @param out_len Where the passphrase's length goes.
 * @return 0 if there is one; anything else if not, which ends the call with SMZ_ERR_PASSPHRASE.
 */
typedef int (*smz_passphrase_fn)(void *user,
                                 const char *hint,
                                 uint8_t *buf,
                                 size_t cap,
                                 size_t *out_len);

/**
 * What smz_unwrap_fn returns for a message that is not for this key.
 */
#define SMZ_UNWRAP_NOT_MINE 1

/**
 * What smz_unwrap_fn returns if the key could not be asked: a service does not answer, a token is
 * not there. Unless another key opens the message, the call ends with SMZ_ERR_IO then, and not as
 * if the key were a wrong one.
 */
#define SMZ_UNWRAP_UNREACHABLE 2

/**
 * Decrypts a content-encryption key elsewhere: in a hardware module, a key service. May be called
 * on any thread, one at a time for each key. Take the same time whether decryption fails or not.
 * Since 0.1.
 *
 * @param user The pointer given with the callback.
 * @param recipient Whom the message names, with the algorithm and the encrypted key.
 * @param out_key Where the decrypted key goes; it is wiped afterwards.
 * @param key_size The size that the key must have, in bytes.
 * @return 0 if the key was stored; SMZ_UNWRAP_NOT_MINE if the message is not for this key;
 * SMZ_UNWRAP_UNREACHABLE or SMZ_ERR_IO if the key could not be asked; SMZ_ERR_CANCELLED to end the
 * call; anything else if decryption failed, whatever failed in it.
 */
typedef int (*smz_unwrap_fn)(void *user,
                             const struct smz_recipient *recipient,
                             uint8_t *out_key,
                             size_t key_size);

/**
 * Makes an empty key ring. Since 0.1.
 *
 * @return The ring, to be freed with smz_keyring_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_keyring *smz_keyring_new(void);

/**
 * Frees a key ring and wipes its keys. NULL is fine. What was opened with it stays open. Since
 * 0.1.
 *
 * @param keyring The ring, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_keyring_free(struct smz_keyring *keyring);

/**
 * How many private keys are in it, external ones apart. Since 0.1.
 *
 * @param keyring The ring.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_keyring_key_count(const struct smz_keyring *keyring);

/**
 * Adds all private keys and certificates of a file: PEM or DER; PKCS #1, PKCS #8 plain or
 * encrypted, SEC 1, traditional encrypted PEM, PKCS #12, X.509; RSA, elliptic curves, X25519,
 * X448, ML-KEM. Since 0.1.
 *
 * @param keyring The ring.
 * @param path The file: bytes on Unix, UTF-8 on Windows.
 * @param passphrase Asked if a key is encrypted; NULL if none is.
 * @param user Given to the callback.
 * @param options Limits on key derivation, or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_BAD_KEY, SMZ_ERR_PASSPHRASE, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT,
 * SMZ_ERR_IO; SMZ_ERR_BUSY while a decoder made with this ring has not used it yet.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_keyring_add_file(struct smz_keyring *keyring,
                                const char *path,
                                smz_passphrase_fn passphrase,
                                void *user,
                                const struct smz_options *options,
                                struct smz_error **err);

/**
 * As smz_keyring_add_file(), from memory. Since 0.1.
 *
 * @param keyring The ring.
 * @param data The file's bytes. They are not kept.
 * @param data_len How many.
 * @param passphrase Asked if a key is encrypted; NULL if none is.
 * @param user Given to the callback.
 * @param options Limits on key derivation, or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_keyring_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_keyring_add_memory(struct smz_keyring *keyring,
                                  const uint8_t *data,
                                  size_t data_len,
                                  smz_passphrase_fn passphrase,
                                  void *user,
                                  const struct smz_options *options,
                                  struct smz_error **err);

/**
 * Adds a password, for messages that were encrypted under one (RFC 5652 section 6.2.4, `pwri`).
 * Since 0.1.
 *
 * @param keyring The ring.
 * @param password The password's bytes. They are copied, and wiped with the ring.
 * @param password_len How many.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as smz_keyring_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_keyring_add_password(struct smz_keyring *keyring,
                                    const uint8_t *password,
                                    size_t password_len,
                                    struct smz_error **err);

/**
 * Adds a secret key that both sides have, for messages whose content-encryption key is wrapped
 * under it (RFC 5652 section 6.2.3, `kekri`). Since 0.1.
 *
 * @param keyring The ring.
 * @param key The key's bytes: 16, 24 or 32. They are copied, and wiped with the ring.
 * @param key_len How many.
 * @param identifier The key's name; only recipients of that name are tried with it. NULL for all.
 * @param identifier_len Its length in bytes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_BAD_KEY for another size, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as
 * smz_keyring_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_keyring_add_secret_key(struct smz_keyring *keyring,
                                      const uint8_t *key,
                                      size_t key_len,
                                      const uint8_t *identifier,
                                      size_t identifier_len,
                                      struct smz_error **err);

/**
 * Adds an external key: HSM, PKCS #11, CNG, a cloud's key service. Since 0.1.
 *
 * @param keyring The ring.
 * @param certificate The key's X.509 certificate in DER; only messages that name it are given to
 * the callback. NULL for every message.
 * @param certificate_len Its length in bytes.
 * @param unwrap Decrypts content-encryption keys, as smz_unwrap_fn says. Must not be NULL.
 * @param user Given to the callback; must be valid until the ring and every decoder made with it
 * are freed.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_BAD_KEY, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_BUSY as
 * smz_keyring_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_keyring_add_external(struct smz_keyring *keyring,
                                    const uint8_t *certificate,
                                    size_t certificate_len,
                                    smz_unwrap_fn unwrap,
                                    void *user,
                                    struct smz_error **err);


/* ==============================================================================================
 * Bytes that your program serves
 *
 * Callbacks in place of a file, for a part of a set or for a message.
 * ============================================================================================== */

/**
 * A flag of smz_io: `read_at` may be called by several threads at the same time.
 */
#define SMZ_IO_CONCURRENT 1

/**
 * Bytes that your program serves: a part in memory, in a database, in an object store by ranges.
 * The struct is copied. Callbacks must not throw or longjmp; they may be called on other threads
 * than the one that made the call, but only one at a time unless SMZ_IO_CONCURRENT is set. A
 * callback must not call functions that read the same source; such a call fails. Since 0.1.
 */
typedef struct smz_io {
    /**
     * To be set to sizeof(smz_io).
     */
    size_t struct_size;
    /**
     * Given to every callback.
     */
    void *user;
    /**
     * Reads up to `len` bytes at `offset` into `buf` and stores how many in `out_n`; fewer is
     * fine, 0 only at or past the end. Returns 0, or an error number of the operating system's
     * kind, which becomes `os_error`. Must not be NULL.
     */
    int (*read_at)(void *user, uint64_t offset, uint8_t *buf, size_t len, size_t *out_n);
    /**
     * Stores the length in bytes, which never changes. Returns as `read_at` does. Must not be
     * NULL.
     */
    int (*size)(void *user, uint64_t *out_size);
    /**
     * Called exactly once when nothing needs the source any more, also if the call that was given
     * it fails for another reason than SMZ_ERR_INVALID_ARGUMENT. May be NULL.
     */
    void (*close)(void *user);
    /**
     * SMZ_IO_CONCURRENT, or 0.
     */
    uint32_t flags;
} smz_io;


/* ==============================================================================================
 * Sets
 *
 * The parts of an export: found in a folder, or added one after the other; and what state they are
 * in.
 * ============================================================================================== */

/**
 * The parts of one export: found from any one of them, or added one after the other. Functions
 * that take it as `const` may be called by several threads at the same time.
 */
typedef struct smz_set smz_set;

/**
 * smz_part.state: the part is there.
 */
#define SMZ_PART_PRESENT 0

/**
 * smz_part.state: the part must exist and does not.
 */
#define SMZ_PART_MISSING 1

/**
 * smz_part.state: a further file for a position that a part has: a copy by its name, as browsers
 * and file managers make them, or the same part under another name. smz_archive_open() ignores it
 * if it has the same bytes as the part, and refuses it otherwise.
 */
#define SMZ_PART_DUPLICATE 2

/**
 * smz_part.state: such a file that does not have the same bytes as the part, which is known after
 * smz_set_compare_duplicates().
 */
#define SMZ_PART_CONFLICTING 3

/**
 * One part of a set. Since 0.1.
 */
typedef struct smz_part {
    /**
     * To be set to sizeof(smz_part) before the call.
     */
    size_t struct_size;
    /**
     * Its file name. UTF-8, owned by the set, valid until it is freed or a part is added.
     */
    const char *name;
    /**
     * NN of `.zNN` or `.zip.NNN`; 0 for `.zip`, which is the last part, and for those that are not
     * present.
     */
    uint64_t number;
    /**
     * Bytes of the part as it is, or SMZ_UNKNOWN.
     */
    uint64_t size;
    /**
     * SMZ_PART_…
     */
    int32_t state;
    /**
     * Whether the part is a copy by its name and is taken as the original is not there, as
     * `X.z01 (1).smime` without an `X.z01.smime`: 0 or 1.
     */
    int32_t is_stand_in;
} smz_part;

/**
 * Finds the set that a file is a part of, or the only one in a folder. Reads names only. Since
 * 0.1.
 *
 * @param any_part A part of the set, or the folder: bytes on Unix, UTF-8 on Windows.
 * @param out_set Where the set goes, to be freed with smz_set_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_AMBIGUOUS, SMZ_ERR_FORMAT, SMZ_ERR_IO. Missing parts are no error here.
 * @note Threads: any.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_discover(const char *any_part,
                            struct smz_set **out_set,
                            struct smz_error **err);

/**
 * Makes an empty set, to which parts are added: smz_set_add_file(), smz_set_add_memory(),
 * smz_set_add_fd(), smz_set_add_io(). Where all parts are in one folder under their own names,
 * smz_set_discover() needs less. Since 0.1.
 *
 * @return The set, to be freed with smz_set_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_set *smz_set_new(void);

/**
 * Frees a set. NULL is fine. Archives opened from it stay open. Since 0.1.
 *
 * @param set The set, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_set_free(struct smz_set *set);

/**
 * What the names of the parts have in common; for a lone part with another name, the whole name.
 * Since 0.1.
 *
 * @param set The set.
 * @return UTF-8, owned by the set, valid until it is freed or a part is added; never NULL, empty
 * if there are no parts yet.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_set_name(const struct smz_set *set);

/**
 * How many parts are known: present, missing (as far as the names of the others show; those past
 * the last are named by smz_archive_open()), and duplicates. Since 0.1.
 *
 * @param set The set.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_set_part_count(const struct smz_set *set);

/**
 * One part of a set. Since 0.1.
 *
 * @param set The set.
 * @param index Counted from 0, below smz_set_part_count().
 * @param out_part Where it goes; its `struct_size` must be set. Its name is owned by the set.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_set_get_part(const struct smz_set *set,
                            uint64_t index,
                            struct smz_part *out_part);

/**
 * Compares duplicates with the parts whose positions they claim; those that do not have the same
 * bytes become SMZ_PART_CONFLICTING. Of files of one size both are read whole. Since 0.1.
 *
 * @param set The set.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_IO. Files that differ are no error here.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_compare_duplicates(struct smz_set *set,
                                      struct smz_error **err);

/**
 * Opens a part as the message it is: to see its recipients without a key, or to decrypt it alone.
 * Since 0.1.
 *
 * @param set The set.
 * @param index Counted from 0, below smz_set_part_count().
 * @param options Limits, or NULL.
 * @param out_message Where the message goes, to be freed with smz_message_free().
 * @param err Where an error goes, or NULL.
 * @return As smz_message_open_file(); SMZ_ERR_NOT_FOUND for a part that is not present.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_open_part(const struct smz_set *set,
                             uint64_t index,
                             const struct smz_options *options,
                             struct smz_message **out_message,
                             struct smz_error **err);

/**
 * Adds a part that is in a file, sealed or not: where the parts of a set are in several folders,
 * or have other names than they were given by who made them. It is opened when it is read, and
 * closed meanwhile if many are. Since 0.1.
 *
 * @param set A set made by smz_set_new().
 * @param name The part's name, which says its position: `X.z01.smime` … `X.zip.smime`. A lone part
 * may have any name. NULL for the file's own.
 * @param path The file: bytes on Unix, UTF-8 on Windows.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_FORMAT if the name is not that of a part of this set; SMZ_ERR_IO if
 * there is no such file.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_add_file(struct smz_set *set,
                            const char *name,
                            const char *path,
                            struct smz_error **err);

/**
 * Adds a part that is in memory, sealed or not. Since 0.1.
 *
 * @param set A set made by smz_set_new().
 * @param name The part's file name, as for smz_set_add_file(); not NULL.
 * @param data The part. It is **not copied**: it must stay as it is until the set, and every
 * message, archive, salvaged export and reader made from it, are freed.
 * @param data_len Its length in bytes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_add_memory(struct smz_set *set,
                              const char *name,
                              const uint8_t *data,
                              size_t data_len,
                              struct smz_error **err);

/**
 * Adds a part that is in a regular file which is open, sealed or not. Since 0.1.
 *
 * @param set A set made by smz_set_new().
 * @param name The part's file name, as for smz_set_add_file(); not NULL.
 * @param fd A descriptor for reading. It is duplicated, so it stays yours and may be closed; its
 * position is neither used nor moved.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file(); SMZ_ERR_IO for what is not open, or not a
 * regular file; SMZ_ERR_UNSUPPORTED where there are no descriptors, as on Windows.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_add_fd(struct smz_set *set,
                          const char *name,
                          int fd,
                          struct smz_error **err);

/**
 * Adds a part that your program serves by callbacks, sealed or not. Since 0.1.
 *
 * @param set A set made by smz_set_new().
 * @param name The part's file name, as for smz_set_add_file(); not NULL.
 * @param io The callbacks; the struct is copied. `close` is called when nothing needs the part any
 * more, also if this call fails, unless with SMZ_ERR_INVALID_ARGUMENT.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_FORMAT as smz_set_add_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_add_io(struct smz_set *set,
                          const char *name,
                          const struct smz_io *io,
                          struct smz_error **err);

/**
 * The sets of a folder. All functions may be called by several threads at the same time.
 */
typedef struct smz_set_list smz_set_list;

/**
 * Finds all sets in a folder, or the one that a file is a part of. Reads names only. Since 0.1.
 *
 * @param path The folder, or a part: bytes on Unix, UTF-8 on Windows.
 * @param out_list Where the list goes, to be freed with smz_set_list_free(). It may be empty.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_IO. Missing parts are no error here.
 * @note Threads: any.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_discover_all(const char *path,
                                struct smz_set_list **out_list,
                                struct smz_error **err);

/**
 * Frees a list. NULL is fine. Sets that were taken from it stay. Since 0.1.
 *
 * @param list The list, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_set_list_free(struct smz_set_list *list);

/**
 * How many sets there are. Since 0.1.
 *
 * @param list The list.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_set_list_count(const struct smz_set_list *list);

/**
 * Takes a set from a list, in the order of their names; it does not need the list any more. Since
 * 0.1.
 *
 * @param list The list. The set stays in it and can be taken again.
 * @param index Counted from 0, below smz_set_list_count().
 * @param out_set Where a new handle of the set goes, to be freed with smz_set_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_NOT_FOUND.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_list_get(const struct smz_set_list *list,
                            uint64_t index,
                            struct smz_set **out_set,
                            struct smz_error **err);

/**
 * What state sets were in when they were looked at. All functions may be called by several threads
 * at the same time.
 */
typedef struct smz_set_statuses smz_set_statuses;

/**
 * smz_set_status.verdict: all parts are here.
 */
#define SMZ_VERDICT_COMPLETE 1

/**
 * smz_set_status.verdict: parts are missing: SMZ_SET_STATUS_MISSING.
 */
#define SMZ_VERDICT_MISSING 2

/**
 * smz_set_status.verdict: parts are missing, and more of them may come: a program is downloading
 * them (SMZ_SET_STATUS_UNFINISHED), or the last, which is fetched last, is not there yet.
 */
#define SMZ_VERDICT_STILL_DOWNLOADING 3

/**
 * smz_set_status.verdict: files claim a position that a part has and are not the same, or one past
 * the end: SMZ_SET_STATUS_CONFLICTING.
 */
#define SMZ_VERDICT_CONFLICTING 4

/**
 * smz_set_status.verdict: the parts that show in the names are here. Whether there are more is
 * seen with a key, of which none was given, or none fits.
 */
#define SMZ_VERDICT_NO_KEY 5

/**
 * smz_set_status.verdict: the parts that show in the names are here, and a key seems to fit.
 * Whether there are more stands in the last part, which is authenticated and too large to be read
 * for a status.
 */
#define SMZ_VERDICT_NOT_COUNTED 6

/**
 * smz_set_status.verdict: a part cannot be read, or is not what it should be:
 * smz_set_statuses_get_damage().
 */
#define SMZ_VERDICT_DAMAGED 7

/**
 * What state a set is in. Since 0.1.
 */
typedef struct smz_set_status {
    /**
     * To be set to sizeof(smz_set_status) before the call.
     */
    size_t struct_size;
    /**
     * Its name, as smz_set_name() has it. UTF-8, owned by the statuses.
     */
    const char *name;
    /**
     * SMZ_VERDICT_… Where several are true it is the first of CONFLICTING, DAMAGED,
     * STILL_DOWNLOADING, MISSING, NO_KEY, NOT_COUNTED.
     */
    int32_t verdict;
    /**
     * Whether one of the keys opens the last part, or the first if that is not here: 1 or 0; -1 if
     * no key was given, or none is needed. Of a large authenticated part only names and kinds of
     * keys were compared.
     */
    int32_t key_fits;
    /**
     * The verdict as a word that programs may compare and store: "complete", "still_downloading".
     * The same words as in JSON and in Rust. Owned by the statuses.
     */
    const char *verdict_code;
    /**
     * How many parts are here: SMZ_SET_STATUS_PARTS.
     */
    uint64_t parts;
    /**
     * How many parts the set has; SMZ_UNKNOWN if that could not be read.
     */
    uint64_t total;
    /**
     * Bytes of the parts that are here, as they are.
     */
    uint64_t bytes;
    /**
     * When the first of them was written here: the oldest time of modification of their files, in
     * seconds since 1970-01-01 00:00 UTC; INT64_MIN if no part is a file, or the system does not
     * say.
     */
    int64_t created;
    /**
     * Nanoseconds of that second.
     */
    uint32_t created_nanoseconds;
} smz_set_status;

/**
 * A list of names that the status of a set has. Since 0.1.
 */
typedef int32_t smz_set_status_list;

/**
 * The parts that are here, in their order: names of files.
 */
#define SMZ_SET_STATUS_PARTS 1

/**
 * For whom the last part is, or the first if that is not here: issuer and serial number, or key
 * identifier, one text for each recipient.
 */
#define SMZ_SET_STATUS_RECIPIENTS 2

/**
 * Further files for a position that a part has: names of files. Unless they are in
 * SMZ_SET_STATUS_CONFLICTING, they have its size and the same bytes at both ends; that they are
 * the same throughout is seen when the set is opened, or by smz_set_compare_duplicates().
 */
#define SMZ_SET_STATUS_DUPLICATES 3

/**
 * Parts that are copies by their names and are taken as the original is not there: names of files.
 */
#define SMZ_SET_STATUS_STAND_INS 4

/**
 * With SMZ_VERDICT_MISSING and SMZ_VERDICT_STILL_DOWNLOADING: the parts that are not here, as far
 * as it is known.
 */
#define SMZ_SET_STATUS_MISSING 5

/**
 * With SMZ_VERDICT_STILL_DOWNLOADING: files that are being downloaded.
 */
#define SMZ_SET_STATUS_UNFINISHED 6

/**
 * With SMZ_VERDICT_CONFLICTING: the files that do not agree with a part, or are past the end.
 */
#define SMZ_SET_STATUS_CONFLICTING 7

/**
 * Finds out what state a set is in: from names and sizes, the heads of its parts, and, with a key
 * that fits, the end record in the last part, which says how many there are. What stands in the
 * parts is not read, so damage there shows only in smz_archive_verify(). Since 0.1.
 *
 * @param set The set.
 * @param keyring The keys; without any in it nobody knows how many parts there are, unless none is
 * sealed.
 * @param options Limits, what is accepted, cancel; or NULL.
 * @param out_statuses Where the status goes, the only one of its list, to be freed with
 * smz_set_statuses_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_CANCELLED. Whatever is wrong with the set is its state.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_find_status(const struct smz_set *set,
                               const struct smz_keyring *keyring,
                               const struct smz_options *options,
                               struct smz_set_statuses **out_statuses,
                               struct smz_error **err);

/**
 * As smz_set_find_status(), of all the sets of a list, by several threads: a key that fits takes a
 * private-key operation for each set. Since 0.1.
 *
 * @param list The sets.
 * @param keyring The keys, used on other threads.
 * @param options Limits, what is accepted, threads, cancel; or NULL.
 * @param out_statuses Where the statuses go, in the order of the list, to be freed with
 * smz_set_statuses_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_CANCELLED. Whatever is wrong with a set is its state.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_set_list_find_statuses(const struct smz_set_list *list,
                                      const struct smz_keyring *keyring,
                                      const struct smz_options *options,
                                      struct smz_set_statuses **out_statuses,
                                      struct smz_error **err);

/**
 * Frees statuses. NULL is fine. Since 0.1.
 *
 * @param statuses The statuses, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_set_statuses_free(struct smz_set_statuses *statuses);

/**
 * How many statuses there are. Since 0.1.
 *
 * @param statuses The statuses.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_set_statuses_count(const struct smz_set_statuses *statuses);

/**
 * The status of one set. Since 0.1.
 *
 * @param statuses The statuses.
 * @param index Counted from 0, below smz_set_statuses_count().
 * @param out_status Where it goes; its `struct_size` must be set. Texts are the statuses'.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_set_statuses_get(const struct smz_set_statuses *statuses,
                                uint64_t index,
                                struct smz_set_status *out_status);

/**
 * How many names a list of a status has. Since 0.1.
 *
 * @param statuses The statuses.
 * @param index Counted from 0, below smz_set_statuses_count().
 * @param list Which: SMZ_SET_STATUS_PARTS to SMZ_SET_STATUS_CONFLICTING.
 * @return The number; 0 if there is no such status or list.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
uint64_t smz_set_statuses_name_count(const struct smz_set_statuses *statuses,
                                     uint64_t index,
                                     smz_set_status_list list);

/**
 * One name of a list of a status. Since 0.1.
 *
 * @param statuses The statuses.
 * @param index Counted from 0, below smz_set_statuses_count().
 * @param list Which: SMZ_SET_STATUS_PARTS to SMZ_SET_STATUS_CONFLICTING.
 * @param name_index Counted from 0, below smz_set_statuses_name_count().
 * @return UTF-8, owned by the statuses; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_set_statuses_name(const struct smz_set_statuses *statuses,
                                  uint64_t index,
                                  smz_set_status_list list,
                                  uint64_t name_index);

/**
 * What is wrong with a part, with SMZ_VERDICT_DAMAGED. Since 0.1.
 *
 * @param statuses The statuses.
 * @param index Counted from 0, below smz_set_statuses_count().
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the statuses'.
 * @return SMZ_OK; SMZ_ERR_NOT_FOUND also for another verdict; SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_set_statuses_get_damage(const struct smz_set_statuses *statuses,
                                       uint64_t index,
                                       struct smz_error_info *out_info);


/* ==============================================================================================
 * Archives
 *
 * An export unlocked: its entries, and what is done with them.
 * ============================================================================================== */

/**
 * An export unlocked and its directory read. Nothing else is decrypted before it is asked for. All
 * functions may be called by several threads at the same time.
 */
typedef struct smz_archive smz_archive;

/**
 * Unlocks a set and reads the archive's directory. Of every part the head and the tail are read,
 * and the directory at the end of the last; a part with an authenticated cipher is read and
 * verified whole. If parts are missing, too many, or there twice with other bytes, all of them are
 * named at once; SMZ_OPTION_INCOMPLETE opens a set of which parts are missing, smz_salvage_open()
 * one that is damaged or without its last part. Since 0.1.
 *
 * @param set The set. It is not needed any more afterwards.
 * @param keyring The keys; one without any opens a set of which no part is sealed. They are not
 * needed any more afterwards.
 * @param options Limits, what is accepted, SMZ_OPTION_INCOMPLETE, inner layers, threads, progress,
 * cancel; or NULL. The limits count for every later call with the archive.
 * @param out_archive Where the archive goes, to be freed with smz_archive_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_MISSING_PART, those of smz_message_open_file() and smz_message_decrypt()
 * with the part's name, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_LIMIT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_open(const struct smz_set *set,
                            const struct smz_keyring *keyring,
                            const struct smz_options *options,
                            struct smz_archive **out_archive,
                            struct smz_error **err);

/**
 * Frees an archive. NULL is fine. Readers made from it stay. Since 0.1.
 *
 * @param archive The archive, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_archive_free(struct smz_archive *archive);

/**
 * How many entries the archive has. Since 0.1.
 *
 * @param archive The archive.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_entry_count(const struct smz_archive *archive);

/**
 * What is known about the integrity of what is read from the archive: that of the weakest part.
 * Since 0.1.
 *
 * @param archive The archive.
 * @return SMZ_INTEGRITY_AUTHENTICATED if each part is authenticated, else
 * SMZ_INTEGRITY_CHECKSUMMED; SMZ_INTEGRITY_NONE for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API int32_t smz_archive_integrity(const struct smz_archive *archive);

/**
 * One entry of the archive, in the order of its directory. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @param out_entry Where it goes; its `struct_size` must be set. Its name and path are the
 * archive's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_archive_get_entry(const struct smz_archive *archive,
                                 uint64_t index,
                                 struct smz_entry *out_entry);

/**
 * How many kinds of deviations from the standard the archive's directory has that were accepted.
 * Since 0.1.
 *
 * @param archive The archive.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_oddity_count(const struct smz_archive *archive);

/**
 * A deviation from the standard that the archive's directory has, and that was accepted. What
 * entries have besides is in the report of the call that read them: smz_report_get_oddity(). Since
 * 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_oddity_count().
 * @param out_oddity Where it goes; its `struct_size` must be set. Texts are the archive's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_archive_get_oddity(const struct smz_archive *archive,
                                  uint64_t index,
                                  struct smz_oddity *out_oddity);

/**
 * Finds the entry of exactly this name. Since 0.1.
 *
 * @param archive The archive.
 * @param name The name in UTF-8.
 * @param out_index Where its index goes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_NOT_FOUND.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_find(const struct smz_archive *archive,
                            const char *name,
                            uint64_t *out_index,
                            struct smz_error **err);

/**
 * Opens one entry to be read; only the ranges of the parts that hold it are decrypted. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @param out_reader Where the reader goes, to be freed with smz_reader_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND, SMZ_ERR_MISSING_PART if it lies in missing parts,
 * SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_open_entry(const struct smz_archive *archive,
                                  uint64_t index,
                                  struct smz_reader **out_reader,
                                  struct smz_error **err);

/**
 * smz_entry.kind: a regular file.
 */
#define SMZ_ENTRY_FILE 0

/**
 * smz_entry.kind: a folder.
 */
#define SMZ_ENTRY_FOLDER 1

/**
 * smz_entry.kind: a symbolic link; never created.
 */
#define SMZ_ENTRY_LINK 2

/**
 * smz_entry.kind: a device, a pipe, a socket; never created.
 */
#define SMZ_ENTRY_SPECIAL 3

/**
 * An entry of an archive, as its directory describes it. Since 0.1.
 */
typedef struct smz_entry {
    /**
     * To be set to sizeof(smz_entry) before the call.
     */
    size_t struct_size;
    /**
     * Its raw name in UTF-8, as the archive has it, owned by the archive. A NUL inside is shown as
     * U+FFFD. **It is not checked**: it may be absolute or have `..` in it, so never join it to a
     * directory, nor open a file by it: `path` is there for that.
     */
    const char *name;
    /**
     * Bytes of the name.
     */
    size_t name_len;
    /**
     * Decompressed size in bytes.
     */
    uint64_t size;
    /**
     * Compressed size in bytes.
     */
    uint64_t compressed_size;
    /**
     * When it was modified, in seconds since 1970-01-01 00:00 UTC, or of the wall clock if
     * `modified_is_local`; INT64_MIN if there is no valid time.
     */
    int64_t modified;
    /**
     * Nanoseconds of that second.
     */
    uint32_t modified_nanoseconds;
    /**
     * Whether the time has no time zone: 0 or 1.
     */
    int32_t modified_is_local;
    /**
     * CRC-32 of the decompressed bytes.
     */
    uint32_t crc32;
    /**
     * Unix permission bits, or -1.
     */
    int32_t permissions;
    /**
     * SMZ_ENTRY_…
     */
    int32_t kind;
    /**
     * Compression method (APPNOTE 4.4.5): 0 is stored, 8 is deflate.
     */
    int32_t compression_method;
    /**
     * Whether this library can decompress it: 0 or 1.
     */
    int32_t is_supported;
    /**
     * The relative path that the name stands for, with `/` between directories, in UTF-8 and owned
     * by the archive; NULL if it is not safe to create on every platform. `.` is the directory
     * that everything is in. Other entries may have the same path, or one that some file system
     * takes for the same, and what a link points to is not judged: smz_archive_extract() sees
     * to both.
     */
    const char *path;
    /**
     * Whether its content is encrypted once more by the zip itself, which this library does not
     * read: 0 or 1.
     */
    int32_t is_encrypted;
} smz_entry;

/**
 * How many parts an entry is in: the ones that are needed to read it, missing or not. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @return The number; 0 if there is no such entry.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_entry_part_count(const struct smz_archive *archive, uint64_t index);

/**
 * One of the parts that an entry is in, in their order. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @param part_index Counted from 0, below smz_archive_entry_part_count().
 * @return Its file name in UTF-8, owned by the archive; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_archive_entry_part(const struct smz_archive *archive,
                                   uint64_t index,
                                   uint64_t part_index);

/**
 * How many parts of the archive are missing. There are such only where it was opened with
 * SMZ_OPTION_INCOMPLETE, or is that of a salvaged export, where those of which nothing can be read
 * count as well. Since 0.1.
 *
 * @param archive The archive.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_missing_part_count(const struct smz_archive *archive);

/**
 * A part of the archive that is missing, in their order. Since 0.1.
 *
 * @param archive The archive.
 * @param part_index Counted from 0, below smz_archive_missing_part_count().
 * @return Its name in UTF-8, owned by the archive; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_archive_missing_part(const struct smz_archive *archive,
                                     uint64_t part_index);

/**
 * How many parts the archive's directory is in, which whoever wants any entry needs. Since 0.1.
 *
 * @param archive The archive.
 * @return The number; 0 for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_directory_part_count(const struct smz_archive *archive);

/**
 * One of the parts that the archive's directory is in, in their order. Since 0.1.
 *
 * @param archive The archive.
 * @param part_index Counted from 0, below smz_archive_directory_part_count().
 * @return Its file name in UTF-8, owned by the archive; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_archive_directory_part(const struct smz_archive *archive,
                                       uint64_t part_index);

/**
 * How many of the parts that an entry is in are missing. If none is, it can be read. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @return The number; 0 also if there is no such entry.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_archive_entry_missing_count(const struct smz_archive *archive, uint64_t index);

/**
 * One of the missing parts that an entry is in, in their order: what is to be downloaded to read
 * it. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @param part_index Counted from 0, below smz_archive_entry_missing_count().
 * @return Its name in UTF-8, owned by the archive; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_archive_entry_missing(const struct smz_archive *archive,
                                      uint64_t index,
                                      uint64_t part_index);

/**
 * A deviation from the standard that was accepted, as directory, sizes and CRC-32 still determine
 * every byte: one of each kind. Since 0.1.
 */
typedef struct smz_oddity {
    /**
     * To be set to sizeof(smz_oddity) before the call.
     */
    size_t struct_size;
    /**
     * Which kind, for programs: "trailing-zeros", "entry-count". Never NULL; it does not change.
     */
    const char *code;
    /**
     * How often it was met: entries that have it, or bytes.
     */
    uint64_t count;
    /**
     * The first entry that has it, or NULL where it is the archive's own.
     */
    const char *entry;
    /**
     * What it is, as one sentence for a person. Never NULL.
     */
    const char *message;
} smz_oddity;

/**
 * Extracts one entry to `directory`, below which it gets the name it has in the archive, or the
 * one it is given by the options. Other entries are not looked at, so the time does not depend on
 * how many there are. The entry is there afterwards, or this fails: options that choose entries or
 * leave some out do not count. Since 0.1.
 *
 * @param archive The archive.
 * @param index Counted from 0, below smz_archive_entry_count().
 * @param directory Made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options Policies, limits as for smz_archive_extract(), progress, cancel; or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_archive_extract(), but for SMZ_PARTIAL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_extract_entry(const struct smz_archive *archive,
                                     uint64_t index,
                                     const char *directory,
                                     const struct smz_options *options,
                                     struct smz_error **err);

/**
 * Extracts the archive: planned whole, written to a private folder, verified, then published by
 * renames. After a failure the directory is as it was. Progress is reported on this thread. Since
 * 0.1.
 *
 * @param archive The archive.
 * @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options Policies, limits, choice of entries, progress, cancel; or NULL. A limit counts
 * where it is stricter than the one that the archive was opened under.
 * @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_PARTIAL with SMZ_OPTION_KEEP_GOING if entries failed, and with
 * SMZ_OPTION_AVAILABLE if entries lie in missing parts; SMZ_ERR_MISSING_PART, SMZ_ERR_UNSAFE_PATH,
 * SMZ_ERR_EXISTS, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT, SMZ_ERR_NO_SPACE before anything was
 * written; SMZ_ERR_CORRUPT naming entry and parts, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_extract(const struct smz_archive *archive,
                               const char *directory,
                               const struct smz_options *options,
                               struct smz_report **out_report,
                               struct smz_error **err);

/**
 * Makes the checks of smz_archive_extract() that need no decompression, and writes nothing: names,
 * conflicts, limits, existing files. Since 0.1.
 *
 * @param archive The archive.
 * @param directory Where it would go; need not be there: bytes on Unix, UTF-8 on Windows.
 * @param options Policies, limits, choice of entries; or NULL.
 * @param out_report Where a report of what would be done goes, to be freed with smz_report_free();
 * or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_archive_extract(), before anything was written.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_dry_run(const struct smz_archive *archive,
                               const char *directory,
                               const struct smz_options *options,
                               struct smz_report **out_report,
                               struct smz_error **err);

/**
 * Does all that smz_archive_extract() does, but writes nothing: every byte is decrypted and
 * decompressed, every check made. Since 0.1.
 *
 * @param archive The archive.
 * @param options Policies, limits, choice of entries, progress, cancel; or NULL.
 * @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_archive_extract(), without those of writing.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_archive_verify(const struct smz_archive *archive,
                              const struct smz_options *options,
                              struct smz_report **out_report,
                              struct smz_error **err);

/**
 * What a call did with the entries of an archive. May be read by several threads at the same time.
 */
typedef struct smz_report smz_report;

/**
 * Numbers of a report. Since 0.1.
 */
typedef struct smz_summary {
    /**
     * To be set to sizeof(smz_summary) before the call.
     */
    size_t struct_size;
    /**
     * Files extracted or verified.
     */
    uint64_t files;
    /**
     * Folders that entries named.
     */
    uint64_t folders;
    /**
     * Bytes of these files.
     */
    uint64_t bytes;
    /**
     * Entries left out: see smz_report_get_skipped().
     */
    uint64_t skipped;
    /**
     * Entries that could not be verified, with SMZ_OPTION_KEEP_GOING: see smz_report_get_failed().
     */
    uint64_t failed;
    /**
     * Entries whose files have other names than they, with SMZ_NAMES_ENCODE: see
     * smz_report_get_renamed().
     */
    uint64_t renamed;
    /**
     * Kinds of deviations from the standard that were met and accepted: see
     * smz_report_get_oddity().
     */
    uint64_t oddities;
    /**
     * Entries that lie in missing parts, with SMZ_OPTION_AVAILABLE: see
     * smz_report_get_unavailable().
     */
    uint64_t unavailable;
} smz_summary;

/**
 * smz_skipped.reason: a symbolic link, a device, a pipe, a socket.
 */
#define SMZ_SKIPPED_NOT_A_FILE 1

/**
 * smz_skipped.reason: a file of that name is there and stays.
 */
#define SMZ_SKIPPED_EXISTS 2

/**
 * smz_skipped.reason: its name is not safe on every platform (SMZ_NAMES_SKIP).
 */
#define SMZ_SKIPPED_UNSAFE_NAME 3

/**
 * An entry that was left out. Since 0.1.
 */
typedef struct smz_skipped {
    /**
     * To be set to sizeof(smz_skipped) before the call.
     */
    size_t struct_size;
    /**
     * The entry's name. UTF-8, owned by the report.
     */
    const char *name;
    /**
     * SMZ_SKIPPED_…
     */
    int32_t reason;
} smz_skipped;

/**
 * An entry whose file or folder has another name than it. Since 0.1.
 */
typedef struct smz_renamed {
    /**
     * To be set to sizeof(smz_renamed) before the call.
     */
    size_t struct_size;
    /**
     * The entry's name. UTF-8, owned by the report.
     */
    const char *name;
    /**
     * The path it was given below the directory, `/` between folders. UTF-8, owned by the report.
     */
    const char *path;
} smz_renamed;

/**
 * An entry that could not be read, as parts are missing. Since 0.1.
 */
typedef struct smz_unavailable {
    /**
     * To be set to sizeof(smz_unavailable) before the call.
     */
    size_t struct_size;
    /**
     * The entry's name. UTF-8, owned by the report.
     */
    const char *name;
    /**
     * How many missing parts it needs: see smz_report_unavailable_part().
     */
    uint64_t parts;
} smz_unavailable;

/**
 * Frees a report. NULL is fine. Since 0.1.
 *
 * @param report The report, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_report_free(struct smz_report *report);

/**
 * The numbers of a report. Since 0.1.
 *
 * @param report The report.
 * @param out_summary Where they go; its `struct_size` must be set.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_summary(const struct smz_report *report,
                                  struct smz_summary *out_summary);

/**
 * An entry that was left out. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.skipped.
 * @param out_skipped Where it goes; its `struct_size` must be set. The name is the report's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_skipped(const struct smz_report *report,
                                  uint64_t index,
                                  struct smz_skipped *out_skipped);

/**
 * An entry whose file or folder has another name than it. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.renamed.
 * @param out_renamed Where it goes; its `struct_size` must be set. Texts are the report's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_renamed(const struct smz_report *report,
                                  uint64_t index,
                                  struct smz_renamed *out_renamed);

/**
 * A deviation from the standard that was met and accepted, in the archive's directory or in the
 * entries asked for. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.oddities.
 * @param out_oddity Where it goes; its `struct_size` must be set. Texts are the report's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_oddity(const struct smz_report *report,
                                 uint64_t index,
                                 struct smz_oddity *out_oddity);

/**
 * An entry that could not be read, as parts are missing. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.unavailable.
 * @param out_unavailable Where it goes; its `struct_size` must be set. The name is the report's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_unavailable(const struct smz_report *report,
                                      uint64_t index,
                                      struct smz_unavailable *out_unavailable);

/**
 * A missing part that such an entry needs, in their order. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.unavailable.
 * @param part_index Counted from 0, below smz_unavailable.parts.
 * @return Its name in UTF-8, owned by the report; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_report_unavailable_part(const struct smz_report *report,
                                        uint64_t index,
                                        uint64_t part_index);

/**
 * An entry that could not be verified, and why. Since 0.1.
 *
 * @param report The report.
 * @param index Counted from 0, below smz_summary.failed.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the report's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_report_get_failed(const struct smz_report *report,
                                 uint64_t index,
                                 struct smz_error_info *out_info);


/* ==============================================================================================
 * Salvage
 *
 * What can be read of an export that does not open: parts damaged, cut or missing.
 * ============================================================================================== */

/**
 * What can be read of an export that does not open, or not whole. All functions may be called by
 * several threads at the same time.
 */
typedef struct smz_salvage smz_salvage;

/**
 * What is said of a salvaged export in numbers. Since 0.1.
 */
typedef struct smz_salvage_summary {
    /**
     * To be set to sizeof(smz_salvage_summary) before the call.
     */
    size_t struct_size;
    /**
     * Parts that are missing, as far as it can be known: without the last part there may be more.
     * See smz_salvage_missing_part().
     */
    uint64_t missing;
    /**
     * Parts that are there and damaged: see smz_salvage_get_damaged().
     */
    uint64_t damaged;
    /**
     * Names that several entries have: see smz_salvage_ambiguous_name().
     */
    uint64_t ambiguous;
    /**
     * Entries that were met and are not in the archive: see smz_salvage_get_lost().
     */
    uint64_t lost;
    /**
     * Whether the archive's directory was there, so that all entries are known, also those that
     * cannot be read: 0 or 1.
     */
    int32_t has_directory;
    /**
     * Entries that may be of an archive that is a file in this one: see
     * smz_salvage_get_uncertain().
     */
    uint64_t uncertain;
} smz_salvage_summary;

/**
 * Looks for all that can be read of an export that smz_archive_open() refuses: parts may be
 * missing, the last one as well, cut off or damaged. Where the archive's directory is there,
 * entries are found by it, else by the headers before them, for which all parts are read whole. Of
 * a part that is authenticated nothing is used unless it is whole.
 *
 * An entry is certain if records lead to it from the start, or the directory names it. What is
 * found behind damage is kept apart (smz_salvage_get_uncertain()): it may be of an archive that is
 * itself a file in this one, unless that one's directory shows so, and it is left out. Since 0.1.
 *
 * @param set The set. It is not needed any more afterwards.
 * @param keyring The keys; one without any is for a set of which no part is sealed. They are not
 * needed any more afterwards.
 * @param options Limits, what is accepted, inner layers, progress, cancel; or NULL. The limits
 * count for every later call with what was found.
 * @param out_salvage Where it goes, to be freed with smz_salvage_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, also if no entry was found; SMZ_ERR_MISSING_PART for files that claim one
 * position and are not the same; if no part can be read, what is wrong with the first;
 * SMZ_ERR_LIMIT, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_salvage_open(const struct smz_set *set,
                            const struct smz_keyring *keyring,
                            const struct smz_options *options,
                            struct smz_salvage **out_salvage,
                            struct smz_error **err);

/**
 * Frees a salvaged export. NULL is fine. Archives made from it stay. Since 0.1.
 *
 * @param salvage The salvaged export, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_salvage_free(struct smz_salvage *salvage);

/**
 * The numbers of a salvaged export. Since 0.1.
 *
 * @param salvage The salvaged export.
 * @param out_summary Where they go; its `struct_size` must be set.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_salvage_get_summary(const struct smz_salvage *salvage,
                                   struct smz_salvage_summary *out_summary);

/**
 * A part that is missing, in their order. Since 0.1.
 *
 * @param salvage The salvaged export.
 * @param part_index Counted from 0, below smz_salvage_summary.missing.
 * @return Its name in UTF-8, owned by the salvaged export; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
const char *smz_salvage_missing_part(const struct smz_salvage *salvage,
                                     uint64_t part_index);

/**
 * What is wrong with a part that is there; smz_error_info.part names it. One that is cut was read
 * as far as it goes. Since 0.1.
 *
 * @param salvage The salvaged export.
 * @param index Counted from 0, below smz_salvage_summary.damaged.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the salvaged export's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_salvage_get_damaged(const struct smz_salvage *salvage,
                                   uint64_t index,
                                   struct smz_error_info *out_info);

/**
 * A name that several entries have. None of them is in the archive, as nobody knows which is
 * meant. Since 0.1.
 *
 * @param salvage The salvaged export.
 * @param index Counted from 0, below smz_salvage_summary.ambiguous.
 * @return The name in UTF-8, owned by the salvaged export; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_salvage_ambiguous_name(const struct smz_salvage *salvage, uint64_t index);

/**
 * Why an entry whose header was met is not in the archive; smz_error_info.entry names it. Since
 * 0.1.
 *
 * @param salvage The salvaged export.
 * @param index Counted from 0, below smz_salvage_summary.lost.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the salvaged export's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_salvage_get_lost(const struct smz_salvage *salvage,
                                uint64_t index,
                                struct smz_error_info *out_info);

/**
 * The entries that were found, as an archive: to list them, to open them, to see which parts they
 * need. Without a directory nothing says of them what permissions they had, or which are links.
 * smz_salvage_extract() leaves out what is not whole; smz_archive_extract() with this archive
 * fails at it, unless its options say otherwise. Since 0.1.
 *
 * @param salvage The salvaged export. It is not needed any more afterwards.
 * @param out_archive Where the archive goes, to be freed with smz_archive_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_salvage_get_archive(const struct smz_salvage *salvage,
                                   struct smz_archive **out_archive,
                                   struct smz_error **err);

/**
 * Entries that were found behind damage or missing parts, of which nobody can tell whether they
 * are the archive's own: they may be those of an archive that is a file in it, as a document of an
 * office program is. They are as right as others, and should be kept apart from these. Otherwise
 * as smz_salvage_get_archive(); smz_salvage_extract_uncertain() extracts them. Since 0.1.
 *
 * @param salvage The salvaged export. It is not needed any more afterwards.
 * @param out_archive Where an archive of these entries goes, which may have none; to be freed with
 * smz_archive_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_salvage_get_uncertain(const struct smz_salvage *salvage,
                                     struct smz_archive **out_archive,
                                     struct smz_error **err);

/**
 * Extracts what is whole: as smz_archive_extract(), with SMZ_OPTION_KEEP_GOING,
 * SMZ_OPTION_AVAILABLE and SMZ_LINKS_SKIP whatever the options say, and unsafe names left out
 * where these say that they are refused. Every file was verified that is there afterwards. Since
 * 0.1.
 *
 * @param salvage The salvaged export.
 * @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options Policies, limits, choice of entries, progress, cancel; or NULL. A limit counts
 * where it is stricter than the one that it was salvaged under.
 * @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, which says nothing of entries that were not found; SMZ_PARTIAL if entries that
 * were found failed or lie in missing parts; SMZ_ERR_EXISTS, SMZ_ERR_LIMIT, SMZ_ERR_NO_SPACE,
 * SMZ_ERR_CANCELLED, SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_salvage_extract(const struct smz_salvage *salvage,
                               const char *directory,
                               const struct smz_options *options,
                               struct smz_report **out_report,
                               struct smz_error **err);

/**
 * The same for the entries of smz_salvage_get_uncertain(), which should go to a folder of their
 * own. Since 0.1.
 *
 * @param salvage The salvaged export.
 * @param directory Where to; made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options As for smz_salvage_extract(); or NULL.
 * @param out_report Where a report goes, to be freed with smz_report_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_salvage_extract().
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_salvage_extract_uncertain(const struct smz_salvage *salvage,
                                         const char *directory,
                                         const struct smz_options *options,
                                         struct smz_report **out_report,
                                         struct smz_error **err);


/* ==============================================================================================
 * Messages
 *
 * One S/MIME or CMS message, which need not be part of an export.
 * ============================================================================================== */

/**
 * An S/MIME enveloped-data message of any size (RFC 8551, RFC 5652), opened: its recipients are
 * known, no key is needed. All functions may be called by several threads at the same time.
 */
typedef struct smz_message smz_message;

/**
 * What is known of a message without a key. Texts are owned by the message. Since 0.1.
 */
typedef struct smz_message_info {
    /**
     * To be set to sizeof(smz_message_info) before the call.
     */
    size_t struct_size;
    /**
     * How it is wrapped: "S/MIME, base64", "binary (BER or DER)". Never NULL.
     */
    const char *container;
    /**
     * The content's cipher: "AES-256-CBC". Never NULL.
     */
    const char *content_encryption_algorithm;
    /**
     * What the sender says the content is, an object identifier in dotted form. Never NULL.
     */
    const char *content_type;
    /**
     * How many recipients the message has.
     */
    uint64_t recipient_count;
    /**
     * Bytes of ciphertext. With a CBC cipher the content is shorter by its padding: 1 to 16 bytes
     * for AES, 1 to 8 for 3DES; with an authenticated one it is as long.
     */
    uint64_t ciphertext_size;
    /**
     * Whether this library opens the content's cipher: 0 or 1.
     */
    int32_t is_supported;
    /**
     * What unlocking will say of the content's integrity: SMZ_INTEGRITY_…
     */
    int32_t integrity;
} smz_message_info;

/**
 * Opens the message in a file. Only its head and tail are read, or all of it once where its lines
 * or chunks are not of one length; the file stays open as needed. Since 0.1.
 *
 * @param path The file: bytes on Unix, UTF-8 on Windows.
 * @param options Limits, inner layers, or NULL.
 * @param out_message Where the message goes, to be freed with smz_message_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT, SMZ_ERR_IO.
 * @note Threads: any.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_message_open_file(const char *path,
                                 const struct smz_options *options,
                                 struct smz_message **out_message,
                                 struct smz_error **err);

/**
 * Opens the message in memory. Since 0.1.
 *
 * @param data The message. It is **not copied**: it must stay as it is until the message and every
 * reader made from it are freed.
 * @param data_len Its length in bytes.
 * @param options Limits, inner layers, or NULL.
 * @param out_message Where the message goes, to be freed with smz_message_free().
 * @param err Where an error goes, or NULL.
 * @return As smz_message_open_file().
 * @note Threads: any.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_message_open_memory(const uint8_t *data,
                                   size_t data_len,
                                   const struct smz_options *options,
                                   struct smz_message **out_message,
                                   struct smz_error **err);

/**
 * Opens a message that your program serves by callbacks: smz_io. Since 0.1.
 *
 * @param io The callbacks; the struct is copied. `close` is called when nothing needs it any more,
 * also if this call fails, unless with SMZ_ERR_INVALID_ARGUMENT.
 * @param options Limits, inner layers, or NULL.
 * @param out_message Where the message goes, to be freed with smz_message_free().
 * @param err Where an error goes, or NULL.
 * @return As smz_message_open_file().
 * @note Threads: any.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_message_open_io(const struct smz_io *io,
                               const struct smz_options *options,
                               struct smz_message **out_message,
                               struct smz_error **err);

/**
 * Frees a message. NULL is fine. Readers made from it stay. Since 0.1.
 *
 * @param message The message, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_message_free(struct smz_message *message);

/**
 * What is known of a message without a key. Since 0.1.
 *
 * @param message The message.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are owned by the message.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_message_get_info(const struct smz_message *message,
                                struct smz_message_info *out_info);

/**
 * One of the recipients of a message. Since 0.1.
 *
 * @param message The message.
 * @param index Counted from 0, below smz_message_info.recipient_count.
 * @param out_recipient Where it goes; its `struct_size` must be set. What it points to is owned by
 * the message.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_message_get_recipient(const struct smz_message *message,
                                     uint64_t index,
                                     struct smz_recipient *out_recipient);

/**
 * Unlocks a message: finds the key it is for and checks the content. With a CBC cipher that is its
 * last block, which shows most wrong keys; with an authenticated one it is all of it, which takes
 * as long as reading the message once. Since 0.1.
 *
 * Enveloped-data in CBC is **not authenticated**: whoever could change the message could change
 * its content unnoticed. smz_message_info.integrity says which
 * messages are.
 *
 * @param message The message; it can be unlocked again.
 * @param keyring The keys. They are not needed any more afterwards.
 * @param options Of these count: progress, cancel, and SMZ_OPTION_LIMIT_LAYERS where it is
 * stricter than the one that the message was opened under; or NULL.
 * @param out_reader Where a reader of the content goes, to be freed with smz_reader_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_NO_MATCHING_KEY, SMZ_ERR_DECRYPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_LIMIT,
 * SMZ_ERR_CORRUPT, SMZ_ERR_CANCELLED, SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_message_decrypt(const struct smz_message *message,
                               const struct smz_keyring *keyring,
                               const struct smz_options *options,
                               struct smz_reader **out_reader,
                               struct smz_error **err);

/**
 * Decrypts a whole message to a file, on several threads: the file is there complete, or it is as
 * it was. Since 0.1.
 *
 * @param message The message.
 * @param keyring The keys.
 * @param path The file to write: bytes on Unix, UTF-8 on Windows.
 * @param options Of these count: overwrite (skip is never here), durable, threads, progress,
 * cancel, and SMZ_OPTION_LIMIT_TOTAL_SIZE and SMZ_OPTION_LIMIT_LAYERS, where they are stricter
 * than those the message was opened under. Or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_message_decrypt(); SMZ_ERR_LIMIT before anything is written, SMZ_ERR_EXISTS,
 * SMZ_ERR_NO_SPACE, SMZ_ERR_CANCELLED.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_message_decrypt_to_file(const struct smz_message *message,
                                       const struct smz_keyring *keyring,
                                       const char *path,
                                       const struct smz_options *options,
                                       struct smz_error **err);

/**
 * smz_recipient.kind: the key is encrypted under a public key (`ktri`).
 */
#define SMZ_RECIPIENT_KEY_TRANSPORT 1

/**
 * smz_recipient.kind: by key agreement (`kari`).
 */
#define SMZ_RECIPIENT_KEY_AGREEMENT 2

/**
 * smz_recipient.kind: under a key both sides have (`kekri`).
 */
#define SMZ_RECIPIENT_KEY_ENCRYPTION_KEY 3

/**
 * smz_recipient.kind: under a password (`pwri`).
 */
#define SMZ_RECIPIENT_PASSWORD 4

/**
 * smz_recipient.kind: by other means (`ori`).
 */
#define SMZ_RECIPIENT_OTHER 5

/**
 * smz_recipient.kind: by key encapsulation (`ori` with a KEMRecipientInfo, RFC 9629).
 */
#define SMZ_RECIPIENT_KEY_ENCAPSULATION 6

/**
 * smz_recipient.kind: one that this library cannot read.
 */
#define SMZ_RECIPIENT_UNKNOWN 0

/**
 * One recipient of a message (RFC 5652 section 6.2). Since 0.1.
 */
typedef struct smz_recipient {
    /**
     * To be set to sizeof(smz_recipient) before the call.
     */
    size_t struct_size;
    /**
     * SMZ_RECIPIENT_…
     */
    int32_t kind;
    /**
     * Whom it names, for a person. UTF-8, never NULL.
     */
    const char *text;
    /**
     * The issuer's distinguished name (RFC 4514) of the certificate it names, or NULL.
     */
    const char *issuer;
    /**
     * The serial number of that certificate, big-endian, or NULL.
     */
    const uint8_t *serial_number;
    /**
     * Bytes of `serial_number`.
     */
    size_t serial_number_len;
    /**
     * The subjectKeyIdentifier of the certificate it names, or the name of the secret key
     * (`kekri`); or NULL.
     */
    const uint8_t *subject_key_identifier;
    /**
     * Bytes of `subject_key_identifier`.
     */
    size_t subject_key_identifier_len;
    /**
     * How the content-encryption key is encrypted, "RSAES-PKCS1-v1_5", or NULL.
     */
    const char *key_encryption_algorithm;
    /**
     * The encrypted content-encryption key, or NULL.
     */
    const uint8_t *encrypted_key;
    /**
     * Bytes of `encrypted_key`.
     */
    size_t encrypted_key_len;
    /**
     * The sender's public key, for key agreement: a point (SEC 1 section 2.3.3) or the bytes of
     * RFC 7748; or NULL.
     */
    const uint8_t *originator_public_key;
    /**
     * Bytes of `originator_public_key`.
     */
    size_t originator_public_key_len;
    /**
     * The whole RecipientInfo in DER, or NULL.
     */
    const uint8_t *der;
    /**
     * Bytes of `der`.
     */
    size_t der_len;
    /**
     * Why nobody's key can open it with this library, naming what is not supported; or NULL.
     */
    const char *unsupported;
} smz_recipient;


/* ==============================================================================================
 * Readers
 *
 * The content of a message, or of an entry of an archive.
 * ============================================================================================== */

/**
 * Reads the content of a message or an entry of an archive. Functions that take it as `const` may
 * be called by several threads at the same time, the others by one.
 */
typedef struct smz_reader smz_reader;

/**
 * Integrity: nothing: whoever could change the message could change its content. So it is with
 * every CBC cipher.
 */
#define SMZ_INTEGRITY_NONE 0

/**
 * Integrity: accidents are noticed at the end (CRC-32), attacks are not.
 */
#define SMZ_INTEGRITY_CHECKSUMMED 1

/**
 * Integrity: what is read is what somebody with the key encrypted.
 */
#define SMZ_INTEGRITY_AUTHENTICATED 2

/**
 * Frees a reader. NULL is fine. Since 0.1.
 *
 * @param reader The reader, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_reader_free(struct smz_reader *reader);

/**
 * How many bytes there are in all. Since 0.1.
 *
 * @param reader The reader.
 * @return Bytes; SMZ_UNKNOWN for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_reader_size(const struct smz_reader *reader);

/**
 * What is known about the integrity of what is read. Since 0.1.
 *
 * @param reader The reader.
 * @return SMZ_INTEGRITY_…; SMZ_INTEGRITY_NONE for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API int32_t smz_reader_integrity(const struct smz_reader *reader);

/**
 * Which of the message's recipients the key that opened it is, for the content of a message. Since
 * 0.1.
 *
 * @param reader The reader.
 * @return An index for smz_message_get_recipient(); SMZ_UNKNOWN for an entry, and for NULL.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_reader_recipient(const struct smz_reader *reader);

/**
 * Reads the next bytes. Since 0.1.
 *
 * An entry's size and CRC-32 are verified when its end is reached: do not use what you read before
 * `*out_n` was 0. Errors stick.
 *
 * @param reader The reader.
 * @param buf Where they go.
 * @param len How many fit.
 * @param out_n Where the number read goes; it may be less than `len`, and is 0 only at the end,
 * after every check, or if `len` is 0.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_CORRUPT, SMZ_ERR_IO; SMZ_ERR_BUSY if another call uses it.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_reader_read(struct smz_reader *reader,
                           uint8_t *buf,
                           size_t len,
                           size_t *out_n,
                           struct smz_error **err);

/**
 * Reads bytes at a position, for the content of a message; the position of smz_reader_read() stays
 * where it is. May be called by several threads at the same time. Since 0.1.
 *
 * @param reader The reader.
 * @param offset The position in bytes; past the end nothing is read.
 * @param buf Where they go.
 * @param len How many fit.
 * @param out_n Where the number read goes, as for smz_reader_read().
 * @param err Where an error goes, or NULL.
 * @return As smz_reader_read(); SMZ_ERR_UNSUPPORTED for an entry of an archive.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_reader_read_at(const struct smz_reader *reader,
                              uint64_t offset,
                              uint8_t *buf,
                              size_t len,
                              size_t *out_n,
                              struct smz_error **err);

/**
 * Moves the position of smz_reader_read(), for the content of a message. Past the end is fine;
 * nothing is read there. Since 0.1.
 *
 * @param reader The reader.
 * @param offset Bytes from where `whence` says.
 * @param whence 0 from the start, 1 from the position, 2 from the end, as SEEK_SET, SEEK_CUR and
 * SEEK_END are on every platform known.
 * @param out_position Where the new position goes, or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT for a position before the start; SMZ_ERR_UNSUPPORTED
 * for an entry of an archive.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_reader_seek(struct smz_reader *reader,
                           int64_t offset,
                           int32_t whence,
                           uint64_t *out_position,
                           struct smz_error **err);


/* ==============================================================================================
 * Decoders
 *
 * One message from a pipe or a socket, fed forward.
 * ============================================================================================== */

/**
 * Decrypts one message that is fed from its first byte to its last, in constant memory. For one
 * thread at a time.
 */
typedef struct smz_decoder smz_decoder;

/**
 * Makes a decoder for one message. Since 0.1.
 *
 * With a CBC cipher, nothing that comes out is verified before smz_decoder_finish() said that the
 * message is complete: a wrong key may show only then, and CBC authenticates nothing. With an
 * authenticated cipher nothing comes out before that: the ciphertext waits in memory, or beyond 1
 * MiB in an unnamed file in the folder for temporary files. Where a file is at hand, use
 * smz_message_open_file(): it is faster and sees the end first.
 *
 * @param keyring The keys. It may be freed while the decoder lives, but not added to before the
 * message's head has passed.
 * @param options Limits, cancel; or NULL.
 * @param out_decoder Where the decoder goes, to be freed with smz_decoder_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_decoder_new(const struct smz_keyring *keyring,
                           const struct smz_options *options,
                           struct smz_decoder **out_decoder,
                           struct smz_error **err);

/**
 * Frees a decoder. NULL is fine. Since 0.1.
 *
 * @param decoder The decoder, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_decoder_free(struct smz_decoder *decoder);

/**
 * Takes input and gives output, as much of both as it can. Give input that was not consumed again;
 * with room for output, all of it is consumed. Errors stick. Since 0.1.
 *
 * @param decoder The decoder.
 * @param input The next bytes of the message.
 * @param input_len How many.
 * @param out_consumed Where the number of bytes used goes.
 * @param output Where plaintext goes.
 * @param output_len How much fits.
 * @param out_produced Where the number of bytes written goes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_FORMAT, SMZ_ERR_CORRUPT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_NO_MATCHING_KEY,
 * SMZ_ERR_LIMIT, SMZ_ERR_CANCELLED.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_decoder_process(struct smz_decoder *decoder,
                               const uint8_t *input,
                               size_t input_len,
                               size_t *out_consumed,
                               uint8_t *output,
                               size_t output_len,
                               size_t *out_produced,
                               struct smz_error **err);

/**
 * Says that the message is complete, and gives the rest of the content. To be called until
 * `*out_produced` is 0, which it is only after everything was verified that can be. Since 0.1.
 *
 * @param decoder The decoder.
 * @param output Where plaintext goes.
 * @param output_len How much fits; not 0.
 * @param out_produced Where the number of bytes written goes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_DECRYPT if the key or the message is not the right one: throw away what
 * came out; SMZ_ERR_CORRUPT if the message is cut off; otherwise as smz_decoder_process().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_decoder_finish(struct smz_decoder *decoder,
                              uint8_t *output,
                              size_t output_len,
                              size_t *out_produced,
                              struct smz_error **err);


/* ==============================================================================================
 * Recipients
 *
 * Whom a message or an export is made for.
 * ============================================================================================== */

/**
 * Whom something is sealed for: each of them opens it alone, with its own key. Reading it is
 * allowed to several threads at the same time.
 */
typedef struct smz_recipients smz_recipients;

/**
 * A flag of smz_certificate_options: the certificate need not be valid at any time.
 */
#define SMZ_CERTIFICATE_AT_ANY_TIME 1

/**
 * A flag of smz_certificate_options: the message names the recipient by the certificate's
 * subjectKeyIdentifier, which `openssl smime -decrypt` does not open; `openssl cms` does.
 */
#define SMZ_CERTIFICATE_BY_KEY_IDENTIFIER 2

/**
 * smz_certificate_options.key_transport: RSAES-PKCS1-v1_5, which every program opens; and for keys
 * that are not RSA's the only way that there is.
 */
#define SMZ_KEY_TRANSPORT_DEFAULT 0

/**
 * smz_certificate_options.key_transport: RSAES-OAEP with SHA-1 (RFC 3560), which `openssl smime
 * -decrypt` does not open; `openssl cms` does. The same holds for the other hashes.
 */
#define SMZ_KEY_TRANSPORT_OAEP_SHA1 1

/**
 * smz_certificate_options.key_transport: RSAES-OAEP with SHA-224.
 */
#define SMZ_KEY_TRANSPORT_OAEP_SHA224 2

/**
 * smz_certificate_options.key_transport: RSAES-OAEP with SHA-256.
 */
#define SMZ_KEY_TRANSPORT_OAEP_SHA256 3

/**
 * smz_certificate_options.key_transport: RSAES-OAEP with SHA-384.
 */
#define SMZ_KEY_TRANSPORT_OAEP_SHA384 4

/**
 * smz_certificate_options.key_transport: RSAES-OAEP with SHA-512.
 */
#define SMZ_KEY_TRANSPORT_OAEP_SHA512 5

/**
 * How something is sealed for the owner of a certificate. Zeros are the defaults. Since 0.1.
 */
typedef struct smz_certificate_options {
    /**
     * To be set to sizeof(smz_certificate_options).
     */
    size_t struct_size;
    /**
     * The time at which the certificate must be valid, in seconds since 1970-01-01 00:00 UTC; 0
     * for now, as the machine's clock says it.
     */
    int64_t valid_at;
    /**
     * SMZ_CERTIFICATE_AT_ANY_TIME, SMZ_CERTIFICATE_BY_KEY_IDENTIFIER, their sum, or 0.
     */
    uint32_t flags;
    /**
     * SMZ_KEY_TRANSPORT_…
     */
    int32_t key_transport;
} smz_certificate_options;

/**
 * Makes an empty list of recipients. Since 0.1.
 *
 * @return The list, to be freed with smz_recipients_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_recipients *smz_recipients_new(void);

/**
 * Frees a list of recipients. NULL is fine. Its passwords and keys are wiped when nothing that was
 * made with it needs them any more. Since 0.1.
 *
 * @param recipients The list, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_recipients_free(struct smz_recipients *recipients);

/**
 * Adds the owner of the first certificate in a file, PEM or DER. That it belongs to whom it says
 * is not checked: it is yours to know. Since 0.1.
 *
 * The documented `openssl smime -decrypt` reads messages for RSA keys alone: if anybody else is
 * among the recipients, it opens the message for none of them. `openssl cms -decrypt` does.
 *
 * @param recipients The list; unchanged after a failure.
 * @param path The file: bytes on Unix, UTF-8 on Windows.
 * @param options How it is used, or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_UNSUITABLE_CERTIFICATE if nothing can be sealed for it, and why: its
 * time, its keyUsage, an RSA key below 2048 bits, a key of another kind; SMZ_ERR_BAD_KEY for what
 * is no certificate, SMZ_ERR_INVALID_ARGUMENT, SMZ_ERR_UNSUPPORTED, SMZ_ERR_IO.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_recipients_add_certificate_file(struct smz_recipients *recipients,
                                               const char *path,
                                               const struct smz_certificate_options *options,
                                               struct smz_error **err);

/**
 * Adds the owner of a certificate in memory: as smz_recipients_add_certificate_file(). Since 0.1.
 *
 * @param recipients The list; unchanged after a failure.
 * @param data A file's content, PEM or DER.
 * @param data_len Its length in bytes.
 * @param options How it is used, or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_recipients_add_certificate_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_recipients_add_certificate_memory(struct smz_recipients *recipients,
                                                 const uint8_t *data,
                                                 size_t data_len,
                                                 const struct smz_certificate_options *options,
                                                 struct smz_error **err);

/**
 * Adds whoever knows a password (RFC 5652 section 6.2.4, `pwri`). Whoever has the message can try
 * passwords as long as they like: it must be one that nobody guesses. Since 0.1.
 *
 * @param recipients The list; unchanged after a failure.
 * @param password Its bytes; they are copied.
 * @param password_len How many; not 0.
 * @param iterations Of PBKDF2 with HMAC-SHA-256, at least 1,000; 0 for the default, 600,000.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_recipients_add_password(struct smz_recipients *recipients,
                                       const uint8_t *password,
                                       size_t password_len,
                                       uint32_t iterations,
                                       struct smz_error **err);

/**
 * Adds whoever has a secret key that both sides have agreed on (RFC 5652 section 6.2.3, `kekri`).
 * Since 0.1.
 *
 * @param recipients The list; unchanged after a failure.
 * @param key The key's bytes: 16, 24 or 32. They are copied.
 * @param key_len How many.
 * @param identifier The key's name, which everybody can read in the message.
 * @param identifier_len Its length in bytes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_BAD_KEY for a key of another size, SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_recipients_add_secret_key(struct smz_recipients *recipients,
                                         const uint8_t *key,
                                         size_t key_len,
                                         const uint8_t *identifier,
                                         size_t identifier_len,
                                         struct smz_error **err);

/**
 * How many recipients a list has. Since 0.1.
 *
 * @param recipients The list.
 * @return The number; 0 if `recipients` is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API uint64_t smz_recipients_count(const struct smz_recipients *recipients);

/**
 * Who a recipient is, for a person: the certificate's subject, issuer and serial number. Since
 * 0.1.
 *
 * @param recipients The list.
 * @param index Counted from 0, below smz_recipients_count().
 * @return UTF-8, owned by the list, valid until a recipient is added or it is freed; NULL if
 * nothing has this index.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_recipients_text(const struct smz_recipients *recipients, uint64_t index);


/* ==============================================================================================
 * Sealers
 *
 * One message made, of a content fed forward.
 * ============================================================================================== */

/**
 * How messages are made; where they are asked for, NULL means the defaults, with which the
 * documented `openssl smime -decrypt` opens what is made. They are read when the call begins, so
 * they may be changed or freed afterwards.
 */
typedef struct smz_seal_options smz_seal_options;

/**
 * Which option of sealing to set; each takes a number. Since 0.1.
 */
typedef int32_t smz_seal_option;

/**
 * The content's cipher: SMZ_CIPHER_… Default: AES-256-CBC. The authenticated ones notice each
 * change of the message when it is opened, but `openssl smime -decrypt` does not open them.
 */
#define SMZ_SEAL_OPTION_CIPHER 1

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-256 in CBC mode, not authenticated.
 */
#define SMZ_CIPHER_AES_256_CBC 0

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-192 in CBC mode, not authenticated.
 */
#define SMZ_CIPHER_AES_192_CBC 1

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-128 in CBC mode, not authenticated.
 */
#define SMZ_CIPHER_AES_128_CBC 2

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-256 in Galois/Counter mode, authenticated. `openssl cms` opens it.
 */
#define SMZ_CIPHER_AES_256_GCM 3

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-192 in Galois/Counter mode, authenticated.
 */
#define SMZ_CIPHER_AES_192_GCM 4

/**
 * SMZ_SEAL_OPTION_CIPHER: AES-128 in Galois/Counter mode, authenticated.
 */
#define SMZ_CIPHER_AES_128_GCM 5

/**
 * SMZ_SEAL_OPTION_CIPHER: ChaCha20-Poly1305 (RFC 8103), authenticated.
 */
#define SMZ_CIPHER_CHACHA20_POLY1305 6

/**
 * How a message is wrapped: SMZ_CONTAINER_… Default: MIME with base64.
 */
#define SMZ_SEAL_OPTION_CONTAINER 2

/**
 * SMZ_SEAL_OPTION_CONTAINER: a MIME entity with a base64 body, larger than the content by 37 %.
 */
#define SMZ_CONTAINER_MIME_BASE64 0

/**
 * SMZ_SEAL_OPTION_CONTAINER: a MIME entity with the bytes themselves, which OpenSSL does not read.
 */
#define SMZ_CONTAINER_MIME_BINARY 1

/**
 * SMZ_SEAL_OPTION_CONTAINER: PEM.
 */
#define SMZ_CONTAINER_PEM 2

/**
 * SMZ_SEAL_OPTION_CONTAINER: the bytes alone, DER where the size is known beforehand, else BER.
 */
#define SMZ_CONTAINER_BINARY 3

/**
 * Characters in a line of MIME's base64: 64 as OpenSSL writes it, or 76, the most that MIME
 * allows. Default: 64. PEM has 64 in any case.
 */
#define SMZ_SEAL_OPTION_COLUMNS 3

/**
 * How lines of MIME with base64 end: SMZ_LINE_END_… Default: LF.
 */
#define SMZ_SEAL_OPTION_LINE_END 4

/**
 * SMZ_SEAL_OPTION_LINE_END: LF, as Unix has it and OpenSSL writes it.
 */
#define SMZ_LINE_END_LF 0

/**
 * SMZ_SEAL_OPTION_LINE_END: CR LF, as mail wants it.
 */
#define SMZ_LINE_END_CRLF 1

/**
 * Bytes of the content, exactly, for smz_sealer_new(): the message has its lengths at its start
 * then (DER), which some programs need. Default: SMZ_UNKNOWN, for one in chunks (BER). Exports do
 * not look at it.
 */
#define SMZ_SEAL_OPTION_KNOWN_SIZE 5

/**
 * Makes options of sealing with the defaults. Since 0.1.
 *
 * @return The options, to be freed with smz_seal_options_free(); NULL only after a bug.
 * @note Threads: any.
 */
SMZ_API struct smz_seal_options *smz_seal_options_new(void);

/**
 * Frees options of sealing. NULL is fine. Since 0.1.
 *
 * @param seal_options The options, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_seal_options_free(struct smz_seal_options *seal_options);

/**
 * Sets an option of sealing. Since 0.1.
 *
 * @param seal_options The options.
 * @param seal_option SMZ_SEAL_OPTION_…
 * @param value The number.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_seal_options_set_u64(struct smz_seal_options *seal_options,
                                    smz_seal_option seal_option,
                                    uint64_t value,
                                    struct smz_error **err);

/**
 * Seals one content that is fed from its first byte to its last, in constant memory. For one
 * thread at a time.
 */
typedef struct smz_sealer smz_sealer;

/**
 * Makes a sealer for one message. Since 0.1.
 *
 * @param recipients Whom it is for, at least one. It may be changed or freed afterwards.
 * @param seal_options Cipher, container, known size; or NULL.
 * @param out_sealer Where the sealer goes, to be freed with smz_sealer_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT without recipients; SMZ_ERR_UNSUPPORTED for a known
 * size that is more than the cipher can do; SMZ_ERR_IO if the system gives no random bytes.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_sealer_new(const struct smz_recipients *recipients,
                          const struct smz_seal_options *seal_options,
                          struct smz_sealer **out_sealer,
                          struct smz_error **err);

/**
 * Frees a sealer. NULL is fine. A message that was not finished is cut off, which every reader
 * sees. Since 0.1.
 *
 * @param sealer The sealer, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_sealer_free(struct smz_sealer *sealer);

/**
 * Takes content and gives what of the message is ready, as much of both as it can. Give input that
 * was not consumed again; with room for output, all of it is consumed. In base64 the message is
 * larger than the content by 37 %. Errors stick. Since 0.1.
 *
 * @param sealer The sealer.
 * @param input The next bytes of the content.
 * @param input_len How many.
 * @param out_consumed Where the number of bytes used goes.
 * @param output Where the message goes.
 * @param output_len How much fits.
 * @param out_produced Where the number of bytes written goes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for more content than SMZ_SEAL_OPTION_KNOWN_SIZE said,
 * or after smz_sealer_finish(); SMZ_ERR_UNSUPPORTED for more than the cipher can do.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_sealer_process(struct smz_sealer *sealer,
                              const uint8_t *input,
                              size_t input_len,
                              size_t *out_consumed,
                              uint8_t *output,
                              size_t output_len,
                              size_t *out_produced,
                              struct smz_error **err);

/**
 * Says that there is no more content, and gives the rest of the message. To be called until
 * `*out_produced` is 0. Since 0.1.
 *
 * @param sealer The sealer.
 * @param output Where the message goes.
 * @param output_len How much fits; not 0.
 * @param out_produced Where the number of bytes written goes.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for less content than SMZ_SEAL_OPTION_KNOWN_SIZE said,
 * or without room for output; otherwise as smz_sealer_process().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_sealer_finish(struct smz_sealer *sealer,
                             uint8_t *output,
                             size_t output_len,
                             size_t *out_produced,
                             struct smz_error **err);


/* ==============================================================================================
 * Making exports
 *
 * Files and folders zipped, cut into parts, each part sealed; what would be made, and what was
 * made.
 * ============================================================================================== */

/**
 * How exports are made: for whom, under which name, in parts of which size. All that makes one may
 * be done by several threads at the same time.
 */
typedef struct smz_export_builder smz_export_builder;

/**
 * Which option of making to set; each takes a number. Since 0.1.
 */
typedef int32_t smz_build_option;

/**
 * Bytes of a part before it is sealed, from 65,536 to 4,294,967,295; 0 for one part of any size.
 * Default: 0. In MIME with base64 a part becomes larger by 37 %.
 */
#define SMZ_BUILD_OPTION_PART_SIZE 1

/**
 * How hard to compress, from 0, not at all, to 9. Default: 5.
 */
#define SMZ_BUILD_OPTION_LEVEL 2

/**
 * 0 or 1: leave out times, and of permissions all but whether the owner may execute a file, so
 * that names and contents alone determine the archive. Default: 0.
 */
#define SMZ_BUILD_OPTION_REPRODUCIBLE 3

/**
 * What happens to files of a folder that an extraction would refuse (links, devices, names that
 * are not safe on every platform or collide): SMZ_UNFIT_… Default: refuse.
 */
#define SMZ_BUILD_OPTION_UNFIT 4

/**
 * SMZ_BUILD_OPTION_UNFIT: make nothing.
 */
#define SMZ_UNFIT_REFUSE 0

/**
 * SMZ_BUILD_OPTION_UNFIT: leave them out; the receipt names them.
 */
#define SMZ_UNFIT_SKIP 1

/**
 * 0 or 1: open all parts and verify every entry before any part gets its name, where they can be
 * read: in a folder, or by smz_part_sink.read_back. Default: 1.
 */
#define SMZ_BUILD_OPTION_READ_BACK 5

/**
 * A file STEM.manifest.json beside the parts: SMZ_MANIFEST_… Default: none.
 */
#define SMZ_BUILD_OPTION_MANIFEST 6

/**
 * SMZ_BUILD_OPTION_MANIFEST: no such file.
 */
#define SMZ_MANIFEST_NONE 0

/**
 * SMZ_BUILD_OPTION_MANIFEST: name, size and SHA-256 of each part, which says nothing of what is in
 * the export.
 */
#define SMZ_MANIFEST_PARTS 1

/**
 * SMZ_BUILD_OPTION_MANIFEST: also path, size and CRC-32 of each file in the export. **Whoever has
 * the manifest reads these without a key.**
 */
#define SMZ_MANIFEST_ENTRIES 2

/**
 * Makes a builder of exports with the defaults and a random name: `export-` and a UUID. Since 0.1.
 *
 * @param recipients Whom exports are for, at least one; each opens every part with its own key
 * alone. It may be changed or freed afterwards.
 * @param out_builder Where the builder goes, to be freed with smz_export_builder_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT without recipients; SMZ_ERR_IO if the system gives no
 * random bytes.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_new(const struct smz_recipients *recipients,
                                  struct smz_export_builder **out_builder,
                                  struct smz_error **err);

/**
 * Frees a builder. NULL is fine; writers made with it stay. Since 0.1.
 *
 * @param builder The builder, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_export_builder_free(struct smz_export_builder *builder);

/**
 * Names the next exports: STEM.z01.smime … STEM.zip.smime. Since 0.1.
 *
 * @param builder The builder.
 * @param stem UTF-8, safe as the name of a file on every platform. It is copied.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for a stem that no part can have. One that is not safe
 * as the name of a file is refused when an export is made.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_set_name(struct smz_export_builder *builder,
                                       const char *stem,
                                       struct smz_error **err);

/**
 * What the names of the next export's parts begin with. Since 0.1.
 *
 * @param builder The builder.
 * @return UTF-8, owned by the builder, valid until it is named anew or freed; NULL if `builder` is
 * none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_export_builder_name(const struct smz_export_builder *builder);

/**
 * Sets an option of making. Since 0.1.
 *
 * @param builder The builder.
 * @param build_option SMZ_BUILD_OPTION_…
 * @param value The number.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT for an unknown option or value.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_set_u64(struct smz_export_builder *builder,
                                      smz_build_option build_option,
                                      uint64_t value,
                                      struct smz_error **err);

/**
 * Says how each part is sealed. Since 0.1.
 *
 * @param builder The builder.
 * @param seal_options The options, which are copied; NULL for the defaults.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_set_seal_options(struct smz_export_builder *builder,
                                               const struct smz_seal_options *seal_options,
                                               struct smz_error **err);

/**
 * Makes an export of all that is in a folder: zipped on all cores, cut into parts, each of them
 * sealed with a key of its own, opened again and verified before any part gets its name. Nothing
 * of the plaintext is written anywhere. After a failure the outbox is as it was. Since 0.1.
 *
 * @param builder The builder. What it makes next has the same name, unless it is given another.
 * @param tree The folder: bytes on Unix, UTF-8 on Windows.
 * @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options Of these count: SMZ_OPTION_THREADS, SMZ_OPTION_DURABLE, SMZ_OPTION_EXCLUDE (a
 * folder with all that is in it), progress, cancel. Or NULL.
 * @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT also for an outbox in the tree and for options that
 * make no sense; SMZ_ERR_EXISTS if a part of this name is in the outbox; SMZ_ERR_UNSAFE_PATH or
 * SMZ_ERR_UNSUPPORTED for what an extraction would refuse; SMZ_ERR_IO, also for a file that
 * changes while it is read; SMZ_ERR_NO_SPACE, SMZ_ERR_CANCELLED.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_build_folder(const struct smz_export_builder *builder,
                                           const char *tree,
                                           const char *outbox,
                                           const struct smz_options *options,
                                           struct smz_receipt **out_receipt,
                                           struct smz_error **err);

/**
 * As smz_export_builder_build_folder(), of several files and folders, each of which goes into the
 * archive under the last component of its path. A link that is named is what it leads to; in
 * folders none is followed. Since 0.1.
 *
 * @param builder The builder.
 * @param paths The files and folders: bytes on Unix, UTF-8 on Windows.
 * @param path_count How many.
 * @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows.
 * @param options As for smz_export_builder_build_folder(), or NULL.
 * @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_export_builder_build_folder(); SMZ_ERR_INVALID_ARGUMENT also for two paths of one
 * name, and for one that has none, as `.`.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_build_paths(const struct smz_export_builder *builder,
                                          const char *const *paths,
                                          size_t path_count,
                                          const char *outbox,
                                          const struct smz_options *options,
                                          struct smz_receipt **out_receipt,
                                          struct smz_error **err);

/**
 * What an export would be made of. May be read by several threads at the same time.
 */
typedef struct smz_build_plan smz_build_plan;

/**
 * Numbers of a plan. Since 0.1.
 */
typedef struct smz_build_plan_summary {
    /**
     * To be set to sizeof(smz_build_plan_summary) before the call.
     */
    size_t struct_size;
    /**
     * Files and entries of folders: see smz_build_plan_entry().
     */
    uint64_t entries;
    /**
     * Files in the export.
     */
    uint64_t files;
    /**
     * Entries of folders.
     */
    uint64_t folders;
    /**
     * Bytes of the files, not compressed.
     */
    uint64_t bytes;
    /**
     * The most bytes that the archive can have, before its parts are sealed.
     */
    uint64_t max_size;
    /**
     * The most parts that there can be. How many there are depends on how well the files compress;
     * more than 65,535 are not made.
     */
    uint64_t max_parts;
    /**
     * Files and folders left out, with SMZ_UNFIT_SKIP: see smz_build_plan_get_skipped().
     */
    uint64_t skipped;
} smz_build_plan_summary;

/**
 * What smz_export_builder_build_folder() would make: everything that can be seen without opening a
 * file is, and nothing is written. Since 0.1.
 *
 * @param builder The builder.
 * @param tree The folder: bytes on Unix, UTF-8 on Windows.
 * @param outbox Where the parts would go; need not be there: bytes on Unix, UTF-8 on Windows.
 * @param options Of these count: SMZ_OPTION_EXCLUDE, progress, cancel. Or NULL.
 * @param out_plan Where the plan goes, to be freed with smz_build_plan_free().
 * @param err Where an error goes, or NULL.
 * @return As smz_export_builder_build_folder(), as far as it can be seen.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_plan_folder(const struct smz_export_builder *builder,
                                          const char *tree,
                                          const char *outbox,
                                          const struct smz_options *options,
                                          struct smz_build_plan **out_plan,
                                          struct smz_error **err);

/**
 * As smz_export_builder_plan_folder(), for smz_export_builder_build_paths(). Since 0.1.
 *
 * @param builder The builder.
 * @param paths The files and folders: bytes on Unix, UTF-8 on Windows.
 * @param path_count How many.
 * @param outbox Where the parts would go; need not be there: bytes on Unix, UTF-8 on Windows.
 * @param options As for smz_export_builder_plan_folder(), or NULL.
 * @param out_plan Where the plan goes, to be freed with smz_build_plan_free().
 * @param err Where an error goes, or NULL.
 * @return As smz_export_builder_build_paths(), as far as it can be seen.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_builder_plan_paths(const struct smz_export_builder *builder,
                                         const char *const *paths,
                                         size_t path_count,
                                         const char *outbox,
                                         const struct smz_options *options,
                                         struct smz_build_plan **out_plan,
                                         struct smz_error **err);

/**
 * Frees a plan. NULL is fine. Since 0.1.
 *
 * @param plan The plan, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_build_plan_free(struct smz_build_plan *plan);

/**
 * The numbers of a plan. Since 0.1.
 *
 * @param plan The plan.
 * @param out_summary Where they go; its `struct_size` must be set.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_build_plan_get_summary(const struct smz_build_plan *plan,
                                      struct smz_build_plan_summary *out_summary);

/**
 * A path that the archive would have, in its order; that of a folder ends in `/`. Since 0.1.
 *
 * @param plan The plan.
 * @param index Counted from 0, below smz_build_plan_summary.entries.
 * @return UTF-8, owned by the plan; NULL if there is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_build_plan_entry(const struct smz_build_plan *plan, uint64_t index);

/**
 * A file or folder that would be left out, and why. Since 0.1.
 *
 * @param plan The plan.
 * @param index Counted from 0, below smz_build_plan_summary.skipped.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the plan's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_build_plan_get_skipped(const struct smz_build_plan *plan,
                                      uint64_t index,
                                      struct smz_error_info *out_info);

/**
 * What a call made: the parts of an export. May be read by several threads at the same time.
 */
typedef struct smz_receipt smz_receipt;

/**
 * Numbers of a receipt. Since 0.1.
 */
typedef struct smz_receipt_summary {
    /**
     * To be set to sizeof(smz_receipt_summary) before the call.
     */
    size_t struct_size;
    /**
     * Parts of the export: see smz_receipt_get_part().
     */
    uint64_t parts;
    /**
     * Bytes of all parts, sealed.
     */
    uint64_t sealed_bytes;
    /**
     * Files in the export.
     */
    uint64_t files;
    /**
     * Entries of folders.
     */
    uint64_t folders;
    /**
     * Bytes of the files, not compressed.
     */
    uint64_t bytes;
    /**
     * Files and folders left out, with SMZ_UNFIT_SKIP: see smz_receipt_get_skipped().
     */
    uint64_t skipped;
    /**
     * Limits that those who get the export must raise: see smz_receipt_get_need().
     */
    uint64_t needs;
} smz_receipt_summary;

/**
 * A limit that those who get an export must raise from its default to extract all of it. Since
 * 0.1.
 */
typedef struct smz_need {
    /**
     * To be set to sizeof(smz_need).
     */
    size_t struct_size;
    /**
     * SMZ_OPTION_LIMIT_...
     */
    smz_option limit;
    /**
     * The least value that will do.
     */
    uint64_t least;
} smz_need;

/**
 * A part that was made. Since 0.1.
 */
typedef struct smz_part_receipt {
    /**
     * To be set to sizeof(smz_part_receipt) before the call.
     */
    size_t struct_size;
    /**
     * Its name in the set, the name of its file. UTF-8, owned by the receipt.
     */
    const char *name;
    /**
     * The name it was begun under: another one for the last part of several, which is begun as
     * `.zNN`, unless it is small, and gets its name `.zip` in the end. UTF-8, owned by the
     * receipt.
     */
    const char *begun_as;
    /**
     * Bytes of the part, sealed.
     */
    uint64_t size;
    /**
     * SHA-256 of these bytes, 32 of them, owned by the receipt.
     */
    const uint8_t *sha256;
} smz_part_receipt;

/**
 * Frees a receipt. NULL is fine. Since 0.1.
 *
 * @param receipt The receipt, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_receipt_free(struct smz_receipt *receipt);

/**
 * The numbers of a receipt. Since 0.1.
 *
 * @param receipt The receipt.
 * @param out_summary Where they go; its `struct_size` must be set.
 * @return SMZ_OK or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_receipt_get_summary(const struct smz_receipt *receipt,
                                   struct smz_receipt_summary *out_summary);

/**
 * A part that was made, in their order; the last one is `.zip`. Since 0.1.
 *
 * @param receipt The receipt.
 * @param index Counted from 0, below smz_receipt_summary.parts.
 * @param out_part Where it goes; its `struct_size` must be set. What it points to is the
 * receipt's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_receipt_get_part(const struct smz_receipt *receipt,
                                uint64_t index,
                                struct smz_part_receipt *out_part);

/**
 * A file or folder that was left out, and why. Since 0.1.
 *
 * @param receipt The receipt.
 * @param index Counted from 0, below smz_receipt_summary.skipped.
 * @param out_info Where it goes; its `struct_size` must be set. Texts are the receipt's.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_receipt_get_skipped(const struct smz_receipt *receipt,
                                   uint64_t index,
                                   struct smz_error_info *out_info);

/**
 * A limit that whoever extracts the export must raise from its default, as what is made may have
 * any size, and an export of that size from somebody else may be an attack. Since 0.1.
 *
 * @param receipt The receipt.
 * @param index Counted from 0, below smz_receipt_summary.needs.
 * @param out_need Where it goes; its `struct_size` must be set.
 * @return SMZ_OK, SMZ_ERR_NOT_FOUND or SMZ_ERR_INVALID_ARGUMENT.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
smz_status smz_receipt_get_need(const struct smz_receipt *receipt,
                                uint64_t index,
                                struct smz_need *out_need);

/**
 * The manifest of the parts, for sinks that store it in a way of their own: JSON with the name,
 * size and SHA-256 of each, as SMZ_MANIFEST_PARTS has it in a file beside them. `smimezip verify
 * --manifest` checks parts by it, without a key. Since 0.1.
 *
 * @param receipt The receipt.
 * @return UTF-8, owned by the receipt; NULL if `receipt` is none.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API const char *smz_receipt_manifest(const struct smz_receipt *receipt);


/* ==============================================================================================
 * Export writers
 *
 * An export of entries that your program writes one after the other, in parts that go to a folder
 * or to your program.
 * ============================================================================================== */

/**
 * Where the parts of an export go as they are made: uploads, a database, memory. The struct is
 * copied. Callbacks are called on the thread that made the call that leads to them, never two at
 * the same time; they must not throw or longjmp, nor call functions with the writer they serve.
 *
 * A callback that returns `int` returns 0, or an error number of the operating system's kind,
 * which becomes `os_error`, or SMZ_ERR_CANCELLED: either ends the making of the export, and
 * nothing is committed. Since 0.1.
 */
typedef struct smz_part_sink {
    /**
     * To be set to sizeof(smz_part_sink).
     */
    size_t struct_size;
    /**
     * Given to every callback.
     */
    void *user;
    /**
     * Begins a part, `name` valid until it returns, and stores in `out_part` what stands for it in
     * later calls, which may be NULL. The last one of several parts is begun as `.zNN`, as which
     * part is the last is not known before, or as `.zip` if it is small. Until it is known whether
     * one part is enough, `.z01` and `.zip` are open at the same time, and one of them is dropped.
     * Must not be NULL.
     */
    int (*begin)(void *user, const char *name, void **out_part);
    /**
     * Takes the next bytes of a part, all of them. Must not be NULL.
     */
    int (*write)(void *user, void *part, const uint8_t *data, size_t data_len);
    /**
     * The part is complete. What it returns, it is the last call with this `part`. Must not be
     * NULL.
     */
    int (*finish)(void *user, void *part);
    /**
     * In place of `finish`: the part is not wanted, or there was an error. The last call with this
     * `part`. Must not be NULL.
     */
    void (*drop)(void *user, void *part);
    /**
     * Takes a small file that stands beside the parts and gets its name with them, after all
     * parts: the manifest. NULL if the sink takes parts only; SMZ_BUILD_OPTION_MANIFEST is refused
     * then.
     */
    int (*add_file)(void *user, const char *name, const uint8_t *data, size_t data_len);
    /**
     * Serves the bytes of a part that was finished, by the name it was begun under, so that the
     * export can be verified before it is committed: fills `out_io`, whose callbacks are called on
     * other threads as smz_io says, and whose `close` is called in any case before `commit` or
     * `abort`. It may leave `out_io` as it is if that part cannot be read. NULL if none can.
     */
    int (*read_back)(void *user, const char *begun_as, struct smz_io *out_io);
    /**
     * Gives all parts their names, all of them or none: `parts` points to `part_count` pointers,
     * in the order of the set, valid until it returns. Must not be NULL.
     */
    int (*commit)(void *user, const struct smz_part_receipt *const *parts, size_t part_count);
    /**
     * Called exactly once unless `commit` returned 0, after every part had its last call: takes
     * back all parts that were finished, and what `commit` did before it failed. May be NULL.
     */
    void (*abort)(void *user);
    /**
     * Called exactly once, after all others, also if the call that was given the sink fails for
     * another reason than SMZ_ERR_INVALID_ARGUMENT, in which case neither it nor `abort` is. May
     * be NULL.
     */
    void (*close)(void *user);
} smz_part_sink;

/**
 * Makes an export of files that the program writes one after the other, in constant memory: rows
 * of a query, what comes from a socket. Freed before smz_export_writer_finish(), it takes
 * everything back. For one thread at a time.
 */
typedef struct smz_export_writer smz_export_writer;

/**
 * What is stored of a file or folder beside its name and its bytes. Zeros are the defaults. Since
 * 0.1.
 */
typedef struct smz_entry_attributes {
    /**
     * To be set to sizeof(smz_entry_attributes).
     */
    size_t struct_size;
    /**
     * When it was modified, in seconds since 1970-01-01 00:00 UTC, if `has_modified`.
     */
    int64_t modified;
    /**
     * The most bytes that will be written; more are refused. A file that cannot reach 4 GiB needs
     * no zip64 field. 0 for any size.
     */
    uint64_t max_size;
    /**
     * Unix permission bits, of which the lower nine are stored, if `has_permissions`; else 0644
     * for a file and 0755 for a folder.
     */
    uint32_t permissions;
    /**
     * Whether `modified` counts: 0 or 1.
     */
    int32_t has_modified;
    /**
     * Whether `permissions` count: 0 or 1.
     */
    int32_t has_permissions;
} smz_entry_attributes;

/**
 * Begins an export whose parts are files in a folder. Since 0.1.
 *
 * @param builder How it is made; it may be changed or freed afterwards.
 * @param outbox Where the parts go; made if it is not there: bytes on Unix, UTF-8 on Windows. They
 * get their names in smz_export_writer_finish().
 * @param options Of these count: SMZ_OPTION_THREADS, SMZ_OPTION_DURABLE, cancel. Or NULL.
 * @param out_writer Where the writer goes, to be freed with smz_export_writer_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT; SMZ_ERR_EXISTS if a part of this name is in the
 * outbox; SMZ_ERR_IO.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_new_folder(const struct smz_export_builder *builder,
                                        const char *outbox,
                                        const struct smz_options *options,
                                        struct smz_export_writer **out_writer,
                                        struct smz_error **err);

/**
 * Begins an export whose parts your program takes: smz_part_sink. Since 0.1.
 *
 * @param builder How it is made; it may be changed or freed afterwards.
 * @param sink The callbacks; the struct is copied.
 * @param options As for smz_export_writer_new_folder(), or NULL.
 * @param out_writer Where the writer goes, to be freed with smz_export_writer_free().
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK, SMZ_ERR_INVALID_ARGUMENT; what the callbacks return.
 * @note Threads: several at the same time, also with the same handle.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_new_sink(const struct smz_export_builder *builder,
                                      const struct smz_part_sink *sink,
                                      const struct smz_options *options,
                                      struct smz_export_writer **out_writer,
                                      struct smz_error **err);

/**
 * Frees a writer. NULL is fine. Before smz_export_writer_finish() it takes everything back. Since
 * 0.1.
 *
 * @param writer The writer, or NULL.
 * @note Threads: any one; nobody uses the handle afterwards.
 */
SMZ_API void smz_export_writer_free(struct smz_export_writer *writer);

/**
 * Adds a folder. Folders that have files in them need none. Since 0.1.
 *
 * @param writer The writer, with no file begun.
 * @param name Its path in the export, `/` between folders and perhaps at the end. UTF-8.
 * @param attributes Its time and permissions, or NULL.
 * @param err Where an error goes, or NULL.
 * @return As smz_export_writer_begin_file().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_add_folder(struct smz_export_writer *writer,
                                        const char *name,
                                        const struct smz_entry_attributes *attributes,
                                        struct smz_error **err);

/**
 * Begins a file. Its bytes follow by smz_export_writer_write(). Since 0.1.
 *
 * @param writer The writer, with no file begun.
 * @param name Its path in the export, `/` between folders. UTF-8. A path that is refused does no
 * harm: the export goes on without it.
 * @param attributes Its time, permissions and largest size, or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_UNSAFE_PATH for a path that is not safe on every platform, and for one
 * that some file system takes for that of another entry; SMZ_ERR_INVALID_ARGUMENT if a file is
 * begun, and after the end; the error that came before, which sticks.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_begin_file(struct smz_export_writer *writer,
                                        const char *name,
                                        const struct smz_entry_attributes *attributes,
                                        struct smz_error **err);

/**
 * Writes the next bytes of the file that is begun, all of them. Since 0.1.
 *
 * @param writer The writer.
 * @param data The bytes.
 * @param data_len How many.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if no file is begun, or for more bytes than
 * smz_entry_attributes.max_size; SMZ_ERR_CANCELLED, SMZ_ERR_NO_SPACE, SMZ_ERR_IO. Errors stick.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_write(struct smz_export_writer *writer,
                                   const uint8_t *data,
                                   size_t data_len,
                                   struct smz_error **err);

/**
 * Says that the file that is begun is complete. Since 0.1.
 *
 * @param writer The writer.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if no file is begun; otherwise as
 * smz_export_writer_write().
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_end_file(struct smz_export_writer *writer,
                                      struct smz_error **err);

/**
 * Ends the export: writes what is left, opens all parts again and verifies every entry unless
 * SMZ_BUILD_OPTION_READ_BACK is 0, and gives all parts their names. After a failure there is
 * nothing of them. The writer can only be freed afterwards. Since 0.1.
 *
 * @param writer The writer, with no file begun.
 * @param out_receipt Where a receipt goes, to be freed with smz_receipt_free(); or NULL.
 * @param err Where an error goes, or NULL.
 * @return SMZ_OK; SMZ_ERR_INVALID_ARGUMENT if a file is begun (which does no harm), and for a
 * second call; SMZ_ERR_CORRUPT if what was made is not what it should be; SMZ_ERR_CANCELLED,
 * SMZ_ERR_NO_SPACE, SMZ_ERR_IO; what the callbacks return.
 * @note Threads: one at a time with the same handle; another gets SMZ_ERR_BUSY.
 */
SMZ_API
SMZ_MUST_USE
smz_status smz_export_writer_finish(struct smz_export_writer *writer,
                                    struct smz_receipt **out_receipt,
                                    struct smz_error **err);

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* SMIMEZIP_H */
