/* Seals a folder as an export in parts, for the owner of a certificate.
 *
 *   seal_folder FOLDER CERTIFICATE.pem OUTBOX
 */
#include <smimezip.h>
#include <stdio.h>

/* As many bytes as the largest certificate that this program takes. */
static unsigned char certificate[65536];

static int fail(smz_error *error) {
    fprintf(stderr, "%s\n", smz_error_message(error));
    smz_error_free(error);
    return 1;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_recipients *recipients;
    FILE *file;
    size_t size;
    int code = 0;

    if (argc != 4) {
        fprintf(stderr, "usage: seal_folder FOLDER CERTIFICATE.pem OUTBOX\n");
        return 2;
    }
    file = fopen(argv[2], "rb");
    if (file == NULL) {
        perror(argv[2]);
        return 1;
    }
    size = fread(certificate, 1, sizeof certificate, file);
    fclose(file);
    recipients = smz_recipients_new();
    /* Every part is opened by each recipient alone; parts of 100,000 bytes, before sealing. */
    if (smz_recipients_add_certificate(recipients, certificate, size, 0, &error) != SMZ_OK ||
        smz_seal_folder(recipients, argv[1], argv[3], 100000, NULL, &error) != SMZ_OK) {
        code = fail(error);
    }
    smz_recipients_free(recipients);
    return code;
}
