#include <smimezip.h>
#include <stdio.h>

int main(void) {
    smz_error *error = NULL;
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_keyring *keys = smz_keyring_new();

    int failed = smz_keyring_add_file(keys, "key.pem", NULL, NULL, NULL, &error) != SMZ_OK ||
                 smz_set_discover("downloads", &set, &error) != SMZ_OK ||
                 smz_archive_open(set, keys, NULL, &archive, &error) != SMZ_OK ||
                 smz_archive_extract(archive, "out", NULL, NULL, &error) != SMZ_OK;
    if (failed) {
        fprintf(stderr, "%s\n", smz_error_message(error));
    }
    smz_error_free(error);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_keyring_free(keys);
    return failed;
}
