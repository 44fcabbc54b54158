/* Says what is in a download folder, and extracts what can be had of it: complete exports whole, of
 * others the entries that lie in the parts that are there.
 *
 *   downloads FOLDER KEY.pem DIRECTORY
 */
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>

static int failed(smz_error *error) {
    fprintf(stderr, "%s\n", smz_error_message(error));
    smz_error_free(error);
    return 1;
}

static void list(const smz_set_statuses *statuses, uint64_t index, smz_set_status_list names,
                 const char *what) {
    uint64_t at;
    for (at = 0; at < smz_set_statuses_name_count(statuses, index, names); at++) {
        printf("  %s %s\n", what, smz_set_statuses_name(statuses, index, names, at));
    }
}

static void describe(const smz_set_statuses *statuses, uint64_t index) {
    smz_set_status status = {0};
    smz_error_info damage = {0};
    status.struct_size = sizeof status;
    damage.struct_size = sizeof damage;
    if (smz_set_statuses_get(statuses, index, &status) != SMZ_OK) {
        return;
    }
    printf("%s: %s, %" PRIu64, status.name, status.verdict_code, status.parts);
    if (status.total != SMZ_UNKNOWN) {
        printf(" of %" PRIu64, status.total);
    }
    printf(" parts, %" PRIu64 " bytes%s\n", status.bytes, status.key_fits == 0 ? ", no key fits" : "");
    list(statuses, index, SMZ_SET_STATUS_MISSING, "missing");
    list(statuses, index, SMZ_SET_STATUS_UNFINISHED, "still downloading");
    list(statuses, index, SMZ_SET_STATUS_CONFLICTING, "conflicting");
    list(statuses, index, SMZ_SET_STATUS_DUPLICATES, "duplicate");
    list(statuses, index, SMZ_SET_STATUS_STAND_INS, "taken for the original");
    if (smz_set_statuses_get_damage(statuses, index, &damage) == SMZ_OK) {
        printf("  damaged: %s\n", damage.message);
    }
}

/* To a folder of the set's name. */
static int extract(const smz_set *set, const smz_keyring *keys, const smz_options *options,
                   const char *directory) {
    smz_error *error = NULL;
    smz_archive *archive = NULL;
    smz_report *report = NULL;
    smz_summary summary = {0};
    char path[4096];
    uint64_t at;

    snprintf(path, sizeof path, "%s/%s", directory, smz_set_name(set));
    if (smz_archive_open(set, keys, options, &archive, &error) != SMZ_OK) {
        return failed(error);
    }
    /* SMZ_PARTIAL, which is above SMZ_OK, says that not all could be had. */
    if (smz_archive_extract(archive, path, options, &report, &error) < SMZ_OK) {
        smz_archive_free(archive);
        return failed(error);
    }
    summary.struct_size = sizeof summary;
    if (smz_report_get_summary(report, &summary) == SMZ_OK) {
        printf("  %" PRIu64 " files extracted\n", summary.files);
    }
    for (at = 0; at < summary.unavailable; at++) {
        smz_unavailable entry = {0};
        entry.struct_size = sizeof entry;
        if (smz_report_get_unavailable(report, at, &entry) == SMZ_OK) {
            printf("  %s needs %s\n", entry.name, smz_report_unavailable_part(report, at, 0));
        }
    }
    smz_report_free(report);
    smz_archive_free(archive);
    return 0;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_set_list *list = NULL;
    smz_set_statuses *statuses = NULL;
    smz_keyring *keys = smz_keyring_new();
    smz_options *options = smz_options_new();
    uint64_t index;
    int code = 0;

    if (argc != 4) {
        fprintf(stderr, "usage: downloads FOLDER KEY.pem DIRECTORY\n");
        return 2;
    }
    if (smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) != SMZ_OK ||
        smz_options_set_u64(options, SMZ_OPTION_INCOMPLETE, 1, &error) != SMZ_OK ||
        smz_options_set_u64(options, SMZ_OPTION_AVAILABLE, 1, &error) != SMZ_OK ||
        smz_set_discover_all(argv[1], &list, &error) != SMZ_OK ||
        smz_set_list_find_statuses(list, keys, options, &statuses, &error) != SMZ_OK) {
        code = failed(error);
    }
    for (index = 0; index < smz_set_statuses_count(statuses); index++) {
        smz_set *set = NULL;
        describe(statuses, index);
        if (smz_set_list_get(list, index, &set, NULL) == SMZ_OK) {
            code |= extract(set, keys, options, argv[3]);
            smz_set_free(set);
        }
    }
    smz_set_statuses_free(statuses);
    smz_set_list_free(list);
    smz_options_free(options);
    smz_keyring_free(keys);
    return code;
}
