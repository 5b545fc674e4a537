using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace BootDepot.Catalog.Streams;

internal sealed class StreamViewConfiguration : IEntityTypeConfiguration<StreamView>
{
    public void Configure(EntityTypeBuilder<StreamView> builder)
    {
        builder.Property(v => v.Name).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(v => v.Name).IsUnique();
        builder.HasMany(v => v.Tokens).WithOne(t => t.View).HasForeignKey(t => t.ViewId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class StreamViewTokenConfiguration : IEntityTypeConfiguration<StreamViewToken>
{
    public void Configure(EntityTypeBuilder<StreamViewToken> builder)
    {
        builder.Property(t => t.Name).HasMaxLength(MaxLengths.Name);
        builder.HasIndex(t => new { t.ViewId, t.Name }).IsUnique();
        builder.HasIndex(t => t.SecretHash).IsUnique();
    }
}
