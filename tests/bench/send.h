/* send: the requests that files hold, one after the other. */
#ifndef BENCH_SEND_H
#define BENCH_SEND_H

/* FILE ... --http PORT --grpc PORT; prints a line a file. 0 if all were
 * accepted. */
int send_files(int argc, char **argv);

#endif
