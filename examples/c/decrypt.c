/* Decrypts one message to a file: what `openssl smime -decrypt` does, at any size.
 *
 *   decrypt MESSAGE KEY.pem OUT
 */
#include <smimezip.h>
#include <stdio.h>

static int fail(smz_error *error) {
    fprintf(stderr, "%s\n", smz_error_message(error));
    smz_error_free(error);
    return 1;
}

int main(int argc, char **argv) {
    smz_error *error = NULL;
    smz_message *message = NULL;
    smz_message_info info = {0};
    smz_keyring *keys;
    int code = 1;

    if (argc != 4) {
        fprintf(stderr, "usage: decrypt MESSAGE KEY.pem OUT\n");
        return 2;
    }
    keys = smz_keyring_new();
    if (smz_keyring_add_file(keys, argv[2], NULL, NULL, NULL, &error) != SMZ_OK ||
        smz_message_open_file(argv[1], NULL, &message, &error) != SMZ_OK) {
        fail(error);
        goto done;
    }
    info.struct_size = sizeof info;
    if (smz_message_get_info(message, &info) == SMZ_OK) {
        printf("%s, %s\n", info.container, info.content_encryption_algorithm);
    }
    if (smz_message_decrypt_to_file(message, keys, argv[3], NULL, &error) != SMZ_OK) {
        fail(error);
        goto done;
    }
    code = 0;
done:
    smz_message_free(message);
    smz_keyring_free(keys);
    return code;
}
