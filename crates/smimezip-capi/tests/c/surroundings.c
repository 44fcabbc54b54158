/* What the top of smimezip.h says of the process: nothing is printed, no signal handler is installed, the
 * environment is read in few places, descriptors are close-on-exec, threads end with the call, and a child
 * made by fork() goes on with the handles.
 *
 *   surroundings SAMPLE_FOLDER SCRATCH_FOLDER
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <smimezip.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Standard error as it was. */
static int errors = 2;

#define CHECK(condition)                                                                                 \
    do {                                                                                                 \
        if (!(condition)) {                                                                              \
            dprintf(errors, "line %d: %s\n", __LINE__, #condition);                                      \
            exit(1);                                                                                     \
        }                                                                                                \
    } while (0)

/* The library's calls come here, as the program's own symbols go first. */
static char variables[4096];

char *getenv(const char *name) {
    char *(*real)(const char *);
    *(void **)&real = dlsym(RTLD_NEXT, "getenv");
    if (strlen(variables) + strlen(name) + 2 < sizeof variables) {
        strcat(strcat(variables, name), " ");
    }
    return real(name);
}

static int entries_of(const char *path) {
    DIR *folder = opendir(path);
    int count = 0;
    CHECK(folder != NULL);
    while (readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

/* Descriptors that whoever started the program left open. */
static char inherited[256];

static void all_are_close_on_exec(void) {
    int descriptor;
    for (descriptor = 3; descriptor < 256; descriptor++) {
        const int flags = fcntl(descriptor, F_GETFD);
        CHECK(inherited[descriptor] || flags == -1 || (flags & FD_CLOEXEC) != 0);
    }
}

static int look(void *user, const smz_progress *progress) {
    (void)progress;
    all_are_close_on_exec();
    *(int *)user = entries_of("/proc/self/task");
    return 0;
}

static void everything(const smz_archive *archive, const char *out, const smz_options *options) {
    smz_reader *reader = NULL;
    uint8_t bytes[4096];
    size_t n = 1;
    CHECK(smz_archive_verify(archive, options, NULL, NULL) == SMZ_OK);
    CHECK(smz_archive_extract(archive, out, options, NULL, NULL) == SMZ_OK);
    CHECK(smz_archive_open_entry(archive, 1, &reader, NULL) == SMZ_OK);
    while (n > 0) {
        CHECK(smz_reader_read(reader, bytes, sizeof bytes, &n, NULL) == SMZ_OK);
    }
    smz_reader_free(reader);
}

int main(int argc, char **argv) {
    smz_keyring *keys = smz_keyring_new();
    smz_options *options = smz_options_new();
    smz_set *set = NULL;
    smz_archive *archive = NULL;
    smz_decoder *decoder = NULL;
    struct sigaction before[32], after[32];
    char path[1024], locale[64];
    int number, threads, working = 0, status, pair[2];
    pid_t child;

    CHECK(argc == 3);
    for (number = 3; number < 256; number++) {
        inherited[number] = fcntl(number, F_GETFD) != -1;
    }
    CHECK(pipe2(pair, O_CLOEXEC) == 0);
    /* Whatever is printed goes into the pipe. */
    const int output = fcntl(1, F_DUPFD_CLOEXEC, 100);
    errors = fcntl(2, F_DUPFD_CLOEXEC, 100);
    CHECK(dup2(pair[1], 1) == 1 && dup2(pair[1], 2) == 2);
    for (number = 1; number < 32; number++) {
        sigaction(number, NULL, &before[number]);
    }
    strncpy(locale, setlocale(LC_ALL, NULL), sizeof locale - 1);
    locale[sizeof locale - 1] = 0;
    threads = entries_of("/proc/self/task");

    snprintf(path, sizeof path, "%s/key.pem", argv[1]);
    CHECK(smz_keyring_add_file(keys, path, NULL, NULL, NULL, NULL) == SMZ_OK);
    CHECK(smz_set_discover(argv[1], &set, NULL) == SMZ_OK);
    CHECK(smz_archive_open(set, keys, NULL, &archive, NULL) == SMZ_OK);
    CHECK(smz_options_set_u64(options, SMZ_OPTION_THREADS, 4, NULL) == SMZ_OK);
    CHECK(smz_options_set_progress(options, look, &working) == SMZ_OK);
    snprintf(path, sizeof path, "%s/parent", argv[2]);
    everything(archive, path, options);
    CHECK(smz_archive_extract(archive, path, NULL, NULL, NULL) == SMZ_ERR_EXISTS);
    CHECK(smz_decoder_new(keys, NULL, &decoder, NULL) == SMZ_OK);
    CHECK(working >= threads);
    CHECK(entries_of("/proc/self/task") == threads);
    all_are_close_on_exec();

    child = fork();
    CHECK(child >= 0);
    snprintf(path, sizeof path, "%s/%s", argv[2], child == 0 ? "child" : "again");
    everything(archive, path, options);
    smz_decoder_free(decoder);
    smz_archive_free(archive);
    smz_set_free(set);
    smz_options_free(options);
    smz_keyring_free(keys);
    if (child == 0) {
        _exit(0);
    }
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);

    for (number = 1; number < 32; number++) {
        sigaction(number, NULL, &after[number]);
        CHECK(before[number].sa_handler == after[number].sa_handler);
    }
    CHECK(strcmp(locale, setlocale(LC_ALL, NULL)) == 0);
    fflush(stdout);
    close(1), close(2), close(pair[1]);
    CHECK(read(pair[0], path, sizeof path) == 0);
    dup2(output, 1), dup2(errors, 2);
    printf("read of the environment: %s\n", variables);
    return 0;
}
