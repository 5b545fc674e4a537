using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Events;

internal sealed class AuditEventConfiguration : IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<AuditEvent> builder)
    {
        builder.Property(e => e.Actor).HasMaxLength(MaxLengths.Name);
        builder.Property(e => e.Origin).HasMaxLength(MaxLengths.Name);
        builder.Property(e => e.Action).HasMaxLength(MaxLengths.Code);
        builder.Property(e => e.Subject).HasMaxLength(MaxLengths.Path);
        // The history of one object, newest first; the whole trail goes by the primary key.
        builder.HasIndex(e => new { e.Subject, e.Id });
    }
}
