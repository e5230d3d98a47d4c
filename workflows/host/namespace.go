package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// retention is how long a closed journey can still be looked at in a namespace
// that the worker makes; an operator may change it.
const retention = 5 * 365 * 24 * time.Hour

// EnsureNamespace makes the namespace and its search attributes where they are
// missing; several workers may try at once, and one that finds everything there
// needs no right to make anything. A search attribute of another type is an error.
func EnsureNamespace(ctx context.Context, c client.Client, namespace string) error {
	if _, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace}); err != nil {
		var missing *serviceerror.NamespaceNotFound
		if !errors.As(err, &missing) {
			return fmt.Errorf("temporal: namespace %s: %w", namespace, err)
		}
		_, err := c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{Namespace: namespace,
			Description: "Liuke's journeys", WorkflowExecutionRetentionPeriod: durationpb.New(retention)})
		var there *serviceerror.NamespaceAlreadyExists
		if err != nil && !errors.As(err, &there) {
			return fmt.Errorf("temporal: namespace %s cannot be made: %w", namespace, err)
		}
	}
	missing, err := missingAttributes(ctx, c, namespace)
	if err != nil || len(missing) == 0 {
		return err
	}
	// One by one: where another worker was first, the rest must still be added.
	for name, kind := range missing {
		_, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace,
			SearchAttributes: map[string]enums.IndexedValueType{name: kind}})
		var there *serviceerror.AlreadyExists
		if err != nil && !errors.As(err, &there) {
			return fmt.Errorf("temporal: search attribute %s cannot be added: %w", name, err)
		}
	}
	return awaitAttributes(ctx, c, namespace)
}

// awaitAttributes returns when the server knows what was added: its caches follow after a moment.
func awaitAttributes(ctx context.Context, c client.Client, namespace string) error {
	for {
		missing, err := missingAttributes(ctx, c, namespace)
		if err != nil || len(missing) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal: search attributes were added but are not known yet: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func missingAttributes(ctx context.Context, c client.Client, namespace string) (map[string]enums.IndexedValueType, error) {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("temporal: search attributes cannot be listed: %w", err)
	}
	missing := map[string]enums.IndexedValueType{}
	for name, want := range SearchAttributes {
		switch is, there := have.GetCustomAttributes()[name]; {
		case !there:
			missing[name] = want
		case is != want:
			return nil, fmt.Errorf("temporal: search attribute %s is a %s in namespace %s and must be a %s", name, is, namespace, want)
		}
	}
	return missing, nil
}
