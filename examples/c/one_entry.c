/* Writes one entry of an export to standard output; only its ranges are decrypted.
 *
 *   one_entry ANY_PART KEY.pem NAME
 */
#include <smimezip.h>
#include <stdio.h>

int main(int argc, char **argv) {
    static uint8_t buffer[65536];
    smz_error *error = NULL;
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_reader *reader = NULL;
    smz_keyring *keys;
    uint64_t index = 0;
    size_t count = 0;
    int code = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: one_entry ANY_PART KEY.pem NAME\n");
        return 2;
    }
    keys = smz_keyring_new();
    if (smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) == SMZ_OK &&
        smz_set_discover(argv[1], &set, &error) == SMZ_OK &&
        smz_archive_open(set, keys, NULL, &archive, &error) == SMZ_OK &&
        smz_archive_find(archive, argv[3], &index, &error) == SMZ_OK &&
        smz_archive_open_entry(archive, index, &reader, &error) == SMZ_OK) {
        while (smz_reader_read(reader, buffer, sizeof buffer, &count, &error) == SMZ_OK) {
            if (count == 0) {
                code = 0; /* the end: size and CRC-32 are as they should be */
                break;
            }
            fwrite(buffer, 1, count, stdout);
        }
    }
    if (code != 0) {
        fprintf(stderr, "%s\n", smz_error_message(error));
    }
    smz_error_free(error);
    smz_reader_free(reader);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_keyring_free(keys);
    return code;
}
