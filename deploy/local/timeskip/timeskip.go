// Package timeskip owns how a client asks the Temporal server for journeys
// whose timers do not wait: whenever nothing of a journey is in flight, its
// clock jumps to its next timer. The Go SDK does not offer it yet. The server
// must allow it (temporalserver.Config.TimeSkipping).
package timeskip

import (
	"context"

	"go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"
)

// Skips is how many jumps one journey may make; the server's own default is 100.
const Skips = 1_000_000

// Interceptor goes into client.Options.ConnectionOptions.DialOptions with
// grpc.WithChainUnaryInterceptor; every workflow that the client starts then skips time.
func Interceptor(ctx context.Context, method string, request, reply any, conn *grpc.ClientConn, next grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	mark(request)
	return next(ctx, method, request, reply, conn, opts...)
}

func mark(request any) {
	skip := &common.TimeSkippingConfig{Enabled: true, MaxSessionSkipCount: Skips}
	switch r := request.(type) {
	case *workflowservice.StartWorkflowExecutionRequest:
		r.TimeSkippingConfig = skip
	case *workflowservice.SignalWithStartWorkflowExecutionRequest:
		r.TimeSkippingConfig = skip
	case *workflowservice.ExecuteMultiOperationRequest:
		for _, o := range r.Operations {
			if start := o.GetStartWorkflow(); start != nil {
				start.TimeSkippingConfig = skip
			}
		}
	}
}
