/* Extracts what is whole of an export whose parts are damaged, cut or missing, the last one as
 * well, and says what is not. What may be of an archive that is a file in the export goes to the
 * second directory, which is not made if there is no such entry.
 *
 *   salvage PART-OR-FOLDER KEY.pem DIRECTORY UNCERTAIN-DIRECTORY
 */
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>

static void describe(const smz_salvage *salvage, const smz_salvage_summary *summary) {
    smz_error_info info = {0};
    uint64_t at;
    info.struct_size = sizeof info;
    for (at = 0; at < summary->missing; at++) {
        printf("missing: %s\n", smz_salvage_missing_part(salvage, at));
    }
    for (at = 0; at < summary->damaged; at++) {
        if (smz_salvage_get_damaged(salvage, at, &info) == SMZ_OK) {
            printf("damaged: %s\n", info.message);
        }
    }
    for (at = 0; at < summary->ambiguous; at++) {
        printf("several entries: %s\n", smz_salvage_ambiguous_name(salvage, at));
    }
    for (at = 0; at < summary->lost; at++) {
        if (smz_salvage_get_lost(salvage, at, &info) == SMZ_OK) {
            printf("lost: %s\n", info.message);
        }
    }
    if (!summary->has_directory) {
        printf("no directory: there may be entries that nobody knows of\n");
    }
}

static void list(const char *what, const smz_archive *archive) {
    uint64_t at;
    for (at = 0; at < smz_archive_entry_count(archive); at++) {
        smz_entry entry = {0};
        entry.struct_size = sizeof entry;
        if (smz_archive_get_entry(archive, at, &entry) == SMZ_OK) {
            printf("%s: %s\n", what, entry.name);
        }
    }
}

static void describe_report(const smz_report *report) {
    smz_summary summary = {0};
    uint64_t at;
    summary.struct_size = sizeof summary;
    if (smz_report_get_summary(report, &summary) != SMZ_OK) {
        return;
    }
    for (at = 0; at < summary.unavailable; at++) {
        smz_unavailable entry = {0};
        entry.struct_size = sizeof entry;
        if (smz_report_get_unavailable(report, at, &entry) == SMZ_OK) {
            printf("%s needs %s\n", entry.name, smz_report_unavailable_part(report, at, 0));
        }
    }
    for (at = 0; at < summary.failed; at++) {
        smz_error_info info = {0};
        info.struct_size = sizeof info;
        if (smz_report_get_failed(report, at, &info) == SMZ_OK) {
            printf("failed: %s\n", info.message);
        }
    }
    printf("%" PRIu64 " files extracted\n", summary.files);
}

static smz_status extract_uncertain(const smz_salvage *salvage, const char *directory,
                                    smz_error **error) {
    smz_archive *archive = NULL;
    smz_report *report = NULL;
    smz_status status = smz_salvage_get_uncertain(salvage, &archive, error);
    if (status == SMZ_OK) {
        status = smz_salvage_extract_uncertain(salvage, directory, NULL, &report, error);
    }
    if (status >= SMZ_OK) {
        list("uncertain", archive);
        describe_report(report);
    }
    smz_report_free(report);
    smz_archive_free(archive);
    return status;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_set *set = NULL;
    smz_salvage *salvage = NULL;
    smz_archive *archive = NULL;
    smz_report *report = NULL;
    smz_salvage_summary summary = {0};
    smz_keyring *keys = smz_keyring_new();
    int ok;

    if (argc != 5) {
        fprintf(stderr, "usage: salvage PART-OR-FOLDER KEY.pem DIRECTORY UNCERTAIN-DIRECTORY\n");
        return 2;
    }
    summary.struct_size = sizeof summary;
    /* SMZ_PARTIAL, which is above SMZ_OK, says that not all could be had. */
    ok = smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) == SMZ_OK &&
         smz_set_discover(argv[1], &set, &error) == SMZ_OK &&
         smz_salvage_open(set, keys, NULL, &salvage, &error) == SMZ_OK &&
         smz_salvage_get_summary(salvage, &summary) == SMZ_OK &&
         smz_salvage_get_archive(salvage, &archive, &error) == SMZ_OK &&
         smz_salvage_extract(salvage, argv[3], NULL, &report, &error) >= SMZ_OK;
    if (ok) {
        describe(salvage, &summary);
        list("found", archive);
        describe_report(report);
        ok = summary.uncertain == 0 || extract_uncertain(salvage, argv[4], &error) >= SMZ_OK;
    }
    if (!ok) {
        fprintf(stderr, "%s\n", smz_error_message(error));
        smz_error_free(error);
    }
    smz_report_free(report);
    smz_archive_free(archive);
    smz_salvage_free(salvage);
    smz_set_free(set);
    smz_keyring_free(keys);
    return ok ? 0 : 1;
}
