/*
 * Runs a fuzz target over files instead of made-up input, so that a corpus is
 * replayed by any compiler, with any checker, in no time.
 *
 *     TARGET FILE-OR-FOLDER...
 *
 * Ends with "N passed, 0 failed"; a finding ends the program where it stands,
 * and the last line names the file.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data;
    long size;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        fprintf(stderr, "cannot read %s\n", path);
        return -1;
    }
    rewind(file);
    data = malloc((size_t)size + (size == 0));
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
        return -1;
    fclose(file);
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, (size_t)size);
    free(data);
    return 1;
}

/* How many inputs ran; -1 if one could not be read. */
static int run(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char inner[4096];
    int count = 0;

    if (!folder)
        return run_file(path);
    while (count >= 0 && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        count = run(inner) < 0 ? -1 : count + 1;
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    int passed = 0;

    for (int i = 1; i < argc; i++) {
        int count = run(argv[i]);

        if (count < 0)
            return 1;
        passed += count;
    }
    printf("%d passed, 0 failed\n", passed);
    return 0;
}
