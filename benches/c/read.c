/* Reads the content of a message some times, to nowhere: the C side of `faces.rs`.
 *
 *   read MESSAGE KEY.pem ROUNDS BUFFER_SIZE
 */
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    smz_keyring *keys = smz_keyring_new();
    smz_message *message = NULL;
    smz_reader *reader = NULL;
    smz_error *error = NULL;
    uint8_t *buffer;
    size_t size, n;
    int rounds;

    if (argc != 5 || (buffer = malloc(size = strtoul(argv[4], NULL, 10))) == NULL) {
        return 2;
    }
    if (smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) != SMZ_OK ||
        smz_message_open_file(argv[1], NULL, &message, &error) != SMZ_OK ||
        smz_message_decrypt(message, keys, NULL, &reader, &error) != SMZ_OK) {
        fprintf(stderr, "%s\n", smz_error_message(error));
        return 1;
    }
    for (rounds = atoi(argv[3]); rounds > 0; rounds--) {
        if (smz_reader_seek(reader, 0, 0, NULL, NULL) != SMZ_OK) {
            return 1;
        }
        do {
            if (smz_reader_read(reader, buffer, size, &n, NULL) != SMZ_OK) {
                return 1;
            }
        } while (n > 0);
    }
    smz_reader_free(reader);
    smz_message_free(message);
    smz_keyring_free(keys);
    free(buffer);
    return 0;
}
