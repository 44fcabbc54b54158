/* Extracts an export, with progress; Ctrl-C stops it and leaves nothing behind.
 *
 *   extract ANY_PART KEY.pem DIRECTORY
 */
#include <inttypes.h>
#include <signal.h>
#include <smimezip.h>
#include <stdio.h>

static smz_cancel *cancel;

static void on_signal(int number) {
    (void)number;
    smz_cancel_trigger(cancel); /* the one function that is safe here */
}

static int on_progress(void *user, const smz_progress *progress) {
    (void)user;
    fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " bytes", progress->bytes_done, progress->bytes_total);
    return 0;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_report *report = NULL;
    smz_summary summary = {0};
    smz_keyring *keys;
    smz_options *options;
    int code = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: extract ANY_PART KEY.pem DIRECTORY\n");
        return 2;
    }
    cancel = smz_cancel_new();
    keys = smz_keyring_new();
    options = smz_options_new();
    smz_options_set_cancel(options, cancel);
    smz_options_set_progress(options, on_progress, NULL);
    signal(SIGINT, on_signal);

    if (smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) == SMZ_OK &&
        smz_set_discover(argv[1], &set, &error) == SMZ_OK &&
        smz_archive_open(set, keys, options, &archive, &error) == SMZ_OK &&
        smz_archive_extract(archive, argv[3], options, &report, &error) == SMZ_OK) {
        summary.struct_size = sizeof summary;
        if (smz_report_get_summary(report, &summary) == SMZ_OK) {
            printf("\n%" PRIu64 " files, %" PRIu64 " bytes\n", summary.files, summary.bytes);
            code = 0;
        }
    } else {
        fprintf(stderr, "\n%s\n", smz_error_message(error));
    }
    smz_error_free(error);
    smz_report_free(report);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_options_free(options);
    smz_keyring_free(keys);
    signal(SIGINT, SIG_DFL);
    smz_cancel_free(cancel);
    return code;
}
