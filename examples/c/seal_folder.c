/* Makes an export of a folder: zipped, cut into parts of SIZE bytes, each sealed for the owner of a
 * certificate. All parts are in the outbox afterwards, or none.
 *
 *   seal_folder FOLDER CERTIFICATE.pem OUTBOX [SIZE]
 */
#include <inttypes.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>

static int progress(void *user, const smz_progress *now) {
    (void)user;
    if (now->phase == SMZ_PHASE_WRITING) {
        fprintf(stderr, "\r%" PRIu64 " of %" PRIu64 " bytes", now->bytes_done, now->bytes_total);
    }
    return 0; /* anything else stops */
}

static void show(const smz_receipt *receipt) {
    smz_receipt_summary summary = {0};
    smz_part_receipt part = {0};
    uint64_t index;
    summary.struct_size = sizeof summary;
    part.struct_size = sizeof part;
    smz_receipt_get_summary(receipt, &summary);
    for (index = 0; smz_receipt_get_part(receipt, index, &part) == SMZ_OK; index++) {
        printf("%12" PRIu64 " %s\n", part.size, part.name);
    }
    printf("%" PRIu64 " files, %" PRIu64 " bytes\n", summary.files, summary.bytes);
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_export_builder *builder = NULL;
    smz_receipt *receipt = NULL;
    smz_options *options = smz_options_new();
    smz_recipients *recipients = smz_recipients_new();
    uint64_t size = 500u << 20;
    int failed = 1;

    if (argc < 4 || argc > 5) {
        fprintf(stderr, "usage: seal_folder FOLDER CERTIFICATE.pem OUTBOX [SIZE]\n");
    } else {
        if (argc == 5) {
            size = strtoull(argv[4], NULL, 10);
        }
        smz_options_set_progress(options, progress, NULL);
        failed =
            smz_recipients_add_certificate_file(recipients, argv[2], NULL, &error) != SMZ_OK ||
            smz_export_builder_new(recipients, &builder, &error) != SMZ_OK ||
            smz_export_builder_set_u64(builder, SMZ_BUILD_OPTION_PART_SIZE, size, &error) !=
                SMZ_OK ||
            smz_export_builder_build_folder(builder, argv[1], argv[3], options, &receipt, &error) !=
                SMZ_OK;
        fputc('\n', stderr);
    }
    if (error != NULL) {
        fprintf(stderr, "%s\n", smz_error_message(error));
    }
    if (!failed) {
        show(receipt);
    }
    smz_error_free(error);
    smz_receipt_free(receipt);
    smz_export_builder_free(builder);
    smz_recipients_free(recipients);
    smz_options_free(options);
    return failed;
}
